#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn no_spelling_of_a_private_address_is_reached() {
    let listed = Listed::default();
    let inner = [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.19.255.255",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:a9fe:a9fe]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
        "[::7f00:1]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[100::1]",
        "\u{ff11}27.0.0.1",
        "127\u{3002}0\u{3002}0\u{3002}1",
    ];
    for host in inner {
        let url = Url::parse(&format!("https://{host}/mcp")).unwrap();
        assert_eq!(check(&url, &listed), Err(EgressError::NotPublic), "{host} is {:?}", url.host());
    }
    for host in ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "mcp.acme.example"] {
        let url = Url::parse(&format!("https://{host}/mcp")).unwrap();
        assert_eq!(check(&url, &listed), Ok(()), "{host}");
    }
}

#[test]
fn only_a_listed_origin_may_use_http_or_a_private_address() {
    let own = Url::parse("http://127.0.0.1:4109/mcp").unwrap();
    let listed = Listed::new([&own]);
    for (url, expected) in [
        ("http://127.0.0.1:4109/mcp", Ok(())),
        ("http://127.0.0.1:4109/other", Ok(())),
        ("http://2130706433:4109/mcp", Ok(())),
        ("http://127.0.0.1:4110/mcp", Err(EgressError::Scheme)),
        ("https://127.0.0.1:4109/mcp", Err(EgressError::NotPublic)),
        ("http://localhost:4109/mcp", Err(EgressError::Scheme)),
        ("http://user:pass@127.0.0.1:4109/mcp", Err(EgressError::Credentials)),
        ("https://token@mcp.acme.example/", Err(EgressError::Credentials)),
        ("http://mcp.acme.example/", Err(EgressError::Scheme)),
        ("file:///etc/passwd", Err(EgressError::Scheme)),
        ("gopher://mcp.acme.example/", Err(EgressError::Scheme)),
        ("data:text/plain,x", Err(EgressError::Scheme)),
    ] {
        assert_eq!(check(&Url::parse(url).unwrap(), &listed), expected, "{url}");
    }
}

#[derive(Debug)]
struct Says(Vec<&'static str>);

#[async_trait]
impl Lookup for Says {
    async fn lookup(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(self.0.iter().map(|address| address.parse().unwrap()).collect())
    }
}

/// A name is checked by the addresses that it resolves to at the moment of connecting.
#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_not_connected_to() {
    let rows = [
        ("https://rebound.example/", vec!["127.0.0.1"], EgressError::NotPublic),
        ("https://rebound.example/", vec!["8.8.8.8", "169.254.169.254"], EgressError::NotPublic),
        ("https://rebound.example/", vec!["::ffff:127.0.0.1"], EgressError::NotPublic),
        ("https://localhost/", vec!["127.0.0.1"], EgressError::NotPublic),
        ("https://localhost./", vec!["::1"], EgressError::NotPublic),
        ("https://nowhere.example/", vec![], EgressError::Unresolved),
    ];
    for (url, addresses, expected) in rows {
        let url = Url::parse(url).unwrap();
        let lookup: Arc<dyn Lookup> = Arc::new(Says(addresses.clone()));
        let client = client(&url, &Listed::default(), &lookup, Duration::from_secs(5)).unwrap();
        let error = client.get(url).send().await.unwrap_err();
        assert_eq!(reason(&error), Some(expected), "{addresses:?}: {error:?}");
    }
}
