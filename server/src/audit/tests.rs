#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

async fn no_outside() -> anyhow::Result<CommandContext> {
    anyhow::bail!("no settings")
}

async fn run(command: Command) -> Result<(Finding, String), String> {
    let mut out = Vec::new();
    let found = command.run(no_outside, &mut out).await.map_err(|error| error.to_string())?;
    Ok((found, String::from_utf8(out).unwrap()))
}

#[tokio::test]
async fn a_receipt_is_checked_with_a_key_and_no_settings() {
    let file = std::env::temp_dir().join(format!("countersign-receipt-{}", std::process::id()));
    std::fs::write(&file, "{\"statement\": \"\u{1b}[2J\"}").unwrap();
    let key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_owned();
    let receipt = |keys: Vec<String>| Command::Receipt { file: file.clone(), keys };
    let (found, said) = run(receipt(vec![key])).await.unwrap();
    assert_eq!(found, Finding::Wrong);
    assert!(said.starts_with("The receipt is not valid: this is not a receipt") && !said.contains('\u{1b}'), "{said}");
    assert_eq!(run(receipt(vec![])).await, Err("no settings".into()), "without a key it asks for the ledger's");
    let wrong = run(receipt(vec!["hunter2".into()])).await.unwrap_err();
    assert!(wrong.starts_with("a public key is"), "{wrong}");
    std::fs::remove_file(&file).unwrap();
    assert!(
        run(receipt(vec![])).await.unwrap_err().contains("countersign-receipt"),
        "the message names the missing file"
    );
}

#[test]
fn heads_are_read_line_by_line() {
    let file = Path::new("kept");
    let head = r#"{"chain":"ledgerindex","seq":1,"hash":"00","signed":{"key":"k1","signature":"AA=="}}"#;
    for (text, expected) in [
        (String::new(), Ok(0)),
        (format!("{head}\n\n{head}\n"), Ok(2)),
        (format!("{head}\n{}\n{head}\n", &head[..40]), Ok(2)),
        (format!("{head}\n{{}}\n"), Err("line 2 of kept is not a head".to_owned())),
    ] {
        let heads = heads(&text, file).map(|heads| heads.len()).map_err(|error| error.to_string());
        assert_eq!(heads, expected, "{text}");
    }
}
