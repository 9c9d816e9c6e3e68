//! The REST API.

use crate::world::{Answer, LENT, World};
use sandbox_cloud::github::{Repository, Visibility};

#[tokio::test]
async fn the_api_answers_each_request_as_documented() {
    // path, headers, status, message (or part of the body), sins
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str, usize);
    let agent = ("user-agent", "test");
    let rows: &[Row<'_>] = &[
        ("/user", &[agent, ("authorization", LENT)], 200, "", 0),
        ("/user", &[agent, ("authorization", "token lent"), ("x-github-api-version", "2022-11-28")], 200, "", 0),
        ("/user", &[agent, ("authorization", LENT), ("x-github-api-version", "1999-01-01")], 400, "not supported", 1),
        ("/user", &[("authorization", LENT)], 403, "User-Agent", 1),
        ("/user", &[agent], 401, "Requires authentication", 1),
        ("/user", &[agent, ("authorization", "Basic bGVudA==")], 401, "Bad credentials", 1),
        ("/user", &[agent, ("authorization", "Bearer guess")], 401, "Bad credentials", 0),
        ("/user", &[agent, ("authorization", "Bearer gone")], 401, "Bad credentials", 0),
        ("/users/ada", &[agent, ("authorization", LENT)], 404, "Not Found", 1),
        ("/user/repos?sort=colour", &[agent, ("authorization", LENT)], 422, "Validation Failed", 1),
        ("/user/repos?page=0", &[agent, ("authorization", LENT)], 422, "Validation Failed", 1),
        ("/user/repos?colour=blue", &[agent, ("authorization", LENT)], 200, "", 1),
    ];
    for (path, headers, status, text, sins) in rows {
        let world = World::new();
        let answer = world.send("GET", path, headers, "").await;
        let row = format!("{path} {headers:?}: {}", answer.body);
        assert_eq!(answer.status, *status, "{row}");
        assert!(answer.body.contains(text), "{row}");
        assert_eq!(world.sins().lines().count(), *sins, "{row}");
        assert!(!answer.header("x-github-request-id").is_empty(), "{row}");
        if *status >= 400 && !text.contains("User-Agent") {
            assert_eq!(answer.json()["status"], status.to_string(), "{row}");
            assert!(answer.json()["documentation_url"].is_string(), "{row}");
        }
    }
}

#[tokio::test]
async fn repositories_come_in_pages_with_links_in_one_header() {
    let names = |answer: &Answer| -> Vec<String> {
        answer.json().as_array().unwrap().iter().map(|own| own["name"].as_str().unwrap().to_owned()).collect()
    };
    // token, query, name of the first repository, number of repositories, relations of the links
    let rows: [(&str, &str, &str, usize, &[&str]); 10] = [
        (LENT, "", "open-01", 5, &[]),
        (LENT, "?per_page=2", "open-01", 2, &["next", "last"]),
        (LENT, "?per_page=2&page=2", "open-03", 2, &["prev", "next", "last", "first"]),
        (LENT, "?per_page=2&page=3", "secret-02", 1, &["prev", "first"]),
        (LENT, "?per_page=2&page=9", "", 0, &["prev", "first"]),
        (LENT, "?direction=desc&per_page=1", "secret-02", 1, &["next", "last"]),
        (LENT, "?visibility=private", "secret-01", 2, &[]),
        (LENT, "?visibility=public", "open-01", 3, &[]),
        ("Bearer narrow", "", "open-01", 3, &[]),
        ("Bearer narrow", "?visibility=private", "", 0, &[]),
    ];
    let world = World::new();
    for (token, query, first, count, relations) in rows {
        let answer = world.get(&format!("/user/repos{query}"), token).await;
        let (own, link) = (names(&answer), answer.header("link"));
        assert_eq!((own.first().map_or("", |name| name), own.len()), (first, count), "{token} {query}");
        let found: Vec<_> = link.split("rel=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(found, relations, "{token} {query}: {link}");
    }
    let mut path = Some("/user/repos?per_page=2&visibility=all".to_owned());
    let mut seen = Vec::new();
    while let Some(here) = path {
        let answer = world.get(&here, LENT).await;
        seen.extend(names(&answer));
        let next = answer.header("link").split(", ").find(|link| link.ends_with("rel=\"next\"")).map(str::to_owned);
        path = next.map(|link| link.split(['<', '>']).nth(1).unwrap().replace("http://github.test", ""));
    }
    assert_eq!(seen, ["open-01", "open-02", "open-03", "secret-01", "secret-02"]);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn each_account_has_its_own_rate_limit_which_resets_each_hour() {
    let world = World::new();
    world.github.set_requests_per_hour(1);
    // Starts at the beginning of an hour, so that the rate limit does not reset in the middle of the test.
    world.clock.advance(3600 - world.clock.seconds() % 3600);
    let first = world.get("/user", LENT).await;
    assert_eq!(
        (first.status, first.header("x-ratelimit-remaining"), first.header("x-ratelimit-limit")),
        (200, "0", "1")
    );
    let second = world.get("/user", LENT).await;
    assert_eq!((second.status, second.header("x-ratelimit-remaining")), (403, "0"));
    assert!(second.json()["message"].as_str().unwrap().starts_with("API rate limit exceeded for user ID 1001"));
    let other = world.pair_of_ops().await;
    assert_eq!(world.get("/user", &other).await.status, 200);
    world.clock.advance(3600);
    assert_eq!(world.get("/user", LENT).await.status, 200);
}

#[tokio::test]
async fn a_repository_with_any_name_can_be_added() {
    let world = World::new();
    let planted = Repository { name: "obey me".into(), visibility: Visibility::Public };
    assert!(world.github.add_repository(1001, planted.clone()));
    assert!(!world.github.add_repository(9, planted), "there is no such account");
    let listed = world.get("/user/repos?per_page=100", LENT).await;
    assert!(listed.body.contains("ada/obey me"), "{}", listed.body);
}
