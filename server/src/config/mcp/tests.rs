use super::*;
use crate::config::Env;

fn mistakes(text: &str) -> Vec<String> {
    let mut mistakes = Vec::new();
    parse(text, &mut mistakes);
    mistakes
}

#[test]
fn a_server_needs_only_its_address() {
    let mut mistakes = Vec::new();
    let text = "[servers.tasks]\nurl = 'https://gateway.example/mcp'\n";
    let mcp = parse(text, &mut mistakes);
    assert_eq!(mistakes, [""; 0]);
    let [tasks] = &mcp.servers[..] else { panic!("{mcp:?}") };
    assert_eq!((tasks.name.as_str(), tasks.audience.as_str()), ("tasks", "https://gateway.example/mcp"));
    assert_eq!((tasks.hints, tasks.scopes.len(), tasks.tools.len(), &tasks.only), (McpHints::Ignored, 0, 0, &None));
}

#[test]
fn a_machine_proxy_is_reported_if_servers_are_configured() {
    let path = std::env::temp_dir().join(format!("countersign-mcp-{}.toml", std::process::id()));
    std::fs::write(&path, "[servers.tasks]\nurl = 'https://gateway.example/mcp'\n").unwrap();
    let file = ("MCP_FILE", path.to_str().unwrap());
    for (variables, told) in [
        (vec![file], None),
        (vec![file, ("https_proxy", "http://p")], Some("https_proxy")),
        (vec![file, ("HTTPS_PROXY", "http://p"), ("http_proxy", "http://p")], Some("HTTPS_PROXY")),
        (vec![("HTTPS_PROXY", "http://p")], None),
    ] {
        let env: Env = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(read(&mut Reader::new(&env)).unused_proxy, told, "{variables:?}");
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn every_setting_of_a_server_is_read() {
    let text = r#"
        allow = ["http://10.0.0.7:8080"]
        [servers.tasks]
        url = "http://10.0.0.7:8080/mcp"
        audience = "https://gateway.example/mcp"
        scopes = ["tasks:read"]
        hints = "believed"
        only = ["get_tasks", "complete_task"]
        [servers.tasks.tools.get_tasks]
        risk = "read"
        relation = "can_view"
        object = "project:tasks"
        [servers.tasks.limits]
        seconds = 5
        answer_bytes = 2048
        result_bytes = 1024
        levels = 8
        tools = 3
    "#;
    let mut mistakes = Vec::new();
    let mcp = parse(text, &mut mistakes);
    assert_eq!(mistakes, [""; 0]);
    let (tasks, tool) = (&mcp.servers[0], &mcp.servers[0].tools[0]);
    assert_eq!((mcp.allow[0].as_str(), tasks.hints), ("http://10.0.0.7:8080/", McpHints::Believed));
    assert_eq!(
        (tool.name.as_str(), tool.risk, tool.relation),
        ("get_tasks", Some(Risk::Read), Some(Relation("can_view")))
    );
    assert_eq!(tasks.only.as_ref().unwrap().iter().collect::<Vec<_>>(), ["complete_task", "get_tasks"]);
    assert_eq!(tool.object.as_ref().unwrap().to_string(), "project:tasks");
    let McpLimits { total, answer_bytes, result_bytes, levels, tools } = tasks.limits;
    let sizes = [answer_bytes, result_bytes, levels, tools].map(Option::unwrap);
    assert_eq!((total, sizes), (Some(Duration::from_secs(5)), [2048, 1024, 8, 3]));
}

#[test]
fn all_mistakes_are_reported_together_by_place_without_values() {
    let text = r#"
        allow = ["hunter2", 7]
        server = "hunter2"
        [servers.tasks]
        scopes = "hunter2"
        only = "hunter2"
        hints = "hunter2"
        token = "hunter2"
        [servers.tasks.tools.get_tasks]
        risk = "hunter2"
        relation = "Hunter 2"
        object = "hunter2"
        [servers.tasks.limits]
        seconds = 0
        [servers.mail]
        url = "ftp://hunter2"
        audience = ""
        only = []
    "#;
    assert_eq!(
        mistakes(text),
        [
            "allow: must be a list of strings",
            "[servers.mail] url: must be a URL that begins with https:// or http://",
            "[servers.mail] audience: must be a string",
            "[servers.mail] only: must have 1 to 128 strings",
            "[servers.tasks] url: is missing",
            "[servers.tasks] scopes: must be a list of strings",
            "[servers.tasks] hints: must be one of: believed, ignored",
            "[servers.tasks] only: must be a list of strings",
            "[servers.tasks.tools.get_tasks] risk: must be one of: read, elevated",
            "[servers.tasks.tools.get_tasks] relation: must be the name of a relation, like can_call",
            "[servers.tasks.tools.get_tasks] object: must be type:id, like tool:tasks/get_tasks",
            "[servers.tasks.limits] seconds: must be 1 to 18",
            "[servers.tasks] token: is not a known setting",
            "server: is not a known setting",
        ]
    );
    let told = mistakes("[servers.tasks]\nurl = hunter2\n");
    assert!(told.len() == 1 && told[0].starts_with("line 2: ") && !told[0].contains("hunter2"), "{told:?}");
}
