//! What surrounds a project's releases: who asks, what refs name, which tags are protected; and what can't be read.

use crate::server::{Seen, Server, not_found, ok, page, project, project_json, reply};
use axum::body::Body;
use axum::response::Response;
use relsync::gitlab::{Kind, ProtectedTag, Role, TokenKind};
use relsync::model::Current;
use relsync::snapshot::{Asker, Named, Surroundings, survey};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const SHA: &str = "1111111111111111111111111111111111111111";

/// A GitLab in which the one who asks has this access, and may not see who may make protected tags.
async fn gitlab(access: Value, more: impl Fn(&Seen) -> Option<Response<Body>> + Send + Sync + 'static) -> Server {
    Server::start(move |seen: &Seen| {
        if let Some(answer) = more(seen) {
            return answer;
        }
        let mut project = project_json();
        project["permissions"] = json!({ "project_access": access, "group_access": null });
        project["default_branch"] = json!("trunk");
        match seen.path().trim_start_matches("/api/v4") {
            "/projects/24" => ok(&project),
            "/personal_access_tokens/self" => ok(&json!({ "scopes": ["read_api"], "expires_at": null })),
            "/user" => ok(&json!({ "username": "ada" })),
            "/projects/24/repository/commits/release%2F1.x" => ok(&json!({ "id": SHA })),
            "/projects/24/repository/commits/odd" => reply(400, &[], r#"{"error":"sha is invalid"}"#),
            path if path.contains("/commits/") => reply(404, &[], r#"{"message":"404 Commit Not Found"}"#),
            "/projects/24/milestones" => page(seen, &[json!({ "id": 1, "title": "m", "state": "active" })]),
            "/projects/24/protected_tags" => reply(403, &[], r#"{"message":"403 Forbidden"}"#),
            _ => not_found(),
        }
    })
    .await
}

fn current(kind: Option<TokenKind>) -> Current {
    Current {
        project: project(),
        releases: BTreeMap::new(),
        milestones: None,
        by_job_token: kind == Some(TokenKind::Job),
        packages: relsync::model::Packages::default(),
        missing_tags: BTreeSet::new(),
        protected_tags: BTreeSet::new(),
    }
}

async fn seen_by(server: &Server, kind: Option<TokenKind>) -> (Surroundings, Current) {
    let mut current = current(kind);
    let refs = ["release/1.x", "nowhere", "odd", ".."].map(str::to_owned).into();
    let client = server.client_as(kind);
    (survey(&client, &mut current, refs).await.unwrap(), current)
}

#[tokio::test]
async fn what_a_member_may_see_is_seen() {
    let server = gitlab(json!({ "access_level": 30 }), |_| None).await;
    let (around, current) = seen_by(&server, Some(TokenKind::Private)).await;
    let asker = Asker::User { role: Some(Role::Developer), scopes: Some(vec!["read_api".into()]) };
    assert_eq!((around.asker, around.is_archived), (asker, false));
    assert_eq!(around.default_branch.as_deref(), Some("trunk"));
    let commit = || Named::Commit(SHA.into());
    let refs =
        [("..", Named::Nothing), ("nowhere", Named::Nothing), ("odd", Named::Nothing), ("release/1.x", commit())];
    assert_eq!(around.refs, refs.map(|(name, named)| (name.to_owned(), named)).into());
    assert_eq!(around.protected_tags, None);
    assert_eq!(current.milestones.unwrap().len(), 1);
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn who_administers_gitlab_may_do_everything() {
    let admin =
        |seen: &Seen| (seen.path() == "/api/v4/user").then(|| ok(&json!({ "username": "a", "is_admin": true })));
    let server = gitlab(Value::Null, admin).await;
    let (around, _) = seen_by(&server, Some(TokenKind::OAuth)).await;
    // Only access tokens tell their scopes.
    assert_eq!(around.asker, Asker::User { role: Some(Role::Owner), scopes: None });
    let server = gitlab(Value::Null, |_| None).await;
    let (around, _) = seen_by(&server, Some(TokenKind::OAuth)).await;
    assert_eq!(around.asker, Asker::User { role: None, scopes: None });
}

#[tokio::test]
async fn a_jobs_token_asks_for_nothing_that_gitlab_would_not_tell_it() {
    let server = gitlab(Value::Null, |seen| seen.path().ends_with("/releases").then(|| ok(&json!([])))).await;
    let (around, current) = seen_by(&server, Some(TokenKind::Job)).await;
    assert_eq!((around.asker, around.protected_tags, current.milestones), (Asker::Job, None, None));
    assert!(around.refs.values().all(|named| *named == Named::Unknown));
    let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(targets, ["/api/v4/projects/24/releases?per_page=1"]);
}

#[tokio::test]
async fn rules_are_for_roles_or_for_somebody() {
    let rules = json!([
        { "name": "a", "create_access_levels": [{ "id": 1, "access_level": 40 }, { "id": 2, "access_level": 30 }] },
        { "name": "b", "create_access_levels": [{ "id": 1, "access_level": 0 }] },
        { "name": "c", "create_access_levels": [{ "id": 1, "access_level": 40, "user_id": 7 }] },
        { "name": "d", "create_access_levels": [{ "id": 1, "access_level": 60 }, { "id": 2, "access_level": null, "group_id": 7 }] },
    ]);
    let told =
        move |seen: &Seen| seen.path().ends_with("protected_tags").then(|| page(seen, rules.as_array().unwrap()));
    let server = gitlab(json!({ "access_level": 40 }), told).await;
    let (around, _) = seen_by(&server, Some(TokenKind::Private)).await;
    let rule = |pattern: &str, least, names_others| ProtectedTag { pattern: pattern.into(), least, names_others };
    let expected = vec![
        rule("a", Some(Role::Developer), false),
        rule("b", None, false),
        rule("c", None, true),
        rule("d", Some(Role::Owner), true),
    ];
    assert_eq!(around.protected_tags, Some(expected));
}

#[tokio::test]
async fn a_server_in_trouble_is_no_unknown() {
    let broken = |seen: &Seen| seen.path().contains("/commits/nowhere").then(|| reply(200, &[], "a teapot"));
    let server = gitlab(json!({ "access_level": 40 }), broken).await;
    let client = server.client_as(Some(TokenKind::Private));
    let error = survey(&client, &mut current(None), ["nowhere".to_owned()].into()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Decode, "{error}");
}
