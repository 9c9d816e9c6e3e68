//! Lists of groups are read completely, or not at all.

use super::service::{Answers, Service, access_token, groups};
use agent::tool::ToolError;

#[tokio::test]
async fn a_list_of_many_pages_is_read_whole_and_in_order() {
    let service = Service::answering(|path, own| {
        let start = path.split_once("after=").map_or(0, |(_, after)| after.parse().unwrap());
        let end = 1019.min(start + 200);
        groups(start..end, (end < 1019).then(|| format!("{own}/api/v1/users/me/groups?after={end}")))
    })
    .await;
    let all = service.client.groups("me", &access_token()).await.unwrap();
    assert_eq!(all.len(), 1019);
    assert!(all.iter().enumerate().all(|(number, group)| group.name == format!("group {number}")));
    assert_eq!(service.asked()[0], "/api/v1/users/me/groups");
    assert_eq!(service.asked().len(), 6);
    assert!(service.agents().iter().all(|agent| agent.starts_with("countersign/0")), "{:?}", service.agents());
}

#[tokio::test]
async fn an_endless_list_or_a_link_to_another_origin_is_an_error() {
    let rows: [(&str, Answers, usize); 5] = [
        ("itself", |path, own| groups(0..1, Some(format!("{own}{path}"))), 1),
        ("in a circle", |path, own| groups(0..1, Some(format!("{own}/{}", if path == "/a" { "b" } else { "a" }))), 3),
        ("for ever", |path, own| groups(0..1, Some(format!("{own}{path}x"))), 100),
        ("to another origin", |_, _| groups(0..1, Some("http://127.0.0.1:9/next".to_owned())), 1),
        ("to no address", |_, _| groups(0..1, Some("http://[".to_owned())), 1),
    ];
    for (what, answers, most) in rows {
        let service = Service::answering(answers).await;
        let error = service.client.groups("00u1", &access_token()).await.unwrap_err();
        let expected = "Okta's list of this user's groups cannot be read to its end.";
        assert_eq!(error, ToolError::Failed(expected.to_owned()), "{what}");
        assert_eq!(service.asked().len(), most, "{what}");
    }
}
