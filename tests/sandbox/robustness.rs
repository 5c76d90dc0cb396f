//! Nothing that a user sends is the sandbox's own fault.

use crate::{MAINTAINER, shared};
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Map, Value, json};

fn method() -> impl Strategy<Value = Method> {
    prop::sample::select(vec![Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD])
}

fn segment() -> impl Strategy<Value = String> {
    let known = [
        "projects",
        "24",
        "root%2Fawesome-app",
        "releases",
        "v0.1",
        "assets",
        "links",
        "1",
        "milestones",
        "51",
        "repository",
        "tags",
        "version",
        "%FF",
        "%00",
        "..",
        "-1",
        "99999999999999999999",
    ];
    prop_oneof![4 => prop::sample::select(known.map(String::from).to_vec()), 1 => "[a-z0-9%.+~-]{0,8}"]
}

fn path() -> impl Strategy<Value = String> {
    let routes = [
        "/projects/24/releases",
        "/projects/24/releases/v0.1",
        "/projects/24/releases/v0.1/assets/links",
        "/projects/24/milestones",
        "/projects/24/milestones/51",
        "/projects/24/repository/tags",
        "/projects/24/repository/tags/v0.2",
        "/projects/24/releases/v0.1/assets/links/1",
        "/projects/24/releases/v0.1/evidence",
        "/projects/24/releases/v0.1/downloads/bin/app",
        "/projects/24/releases/permalink/latest/evidence",
        "/projects",
        "/groups",
        "/groups/root/projects",
        "/groups/root/releases",
        "/groups/root/milestones",
        "/groups/1/milestones/1",
        "/projects/24/uploads",
        "/projects/24/uploads/0/x",
        "/projects/24/merge_requests",
        "/projects/24/merge_requests/1",
        "/projects/24/merge_requests/1/notes",
        "/projects/24/merge_requests/1/notes/1",
        "/projects/24/packages",
        "/projects/24/packages/generic/app/1/app",
        "/projects/24/packages/1/package_files",
        "/projects/24/packages/1/package_files/1",
    ];
    prop_oneof![
        3 => prop::sample::select(routes.map(String::from).to_vec()),
        1 => prop::collection::vec(segment(), 0..8).prop_map(|parts| format!("/{}", parts.join("/"))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let texts = [
        "v0.1",
        "main",
        "https://x.y",
        "/bin/app",
        "2020-01-01",
        "9999-12-31T23:59:59-12:00",
        "true",
        "desc",
        "close",
        "v1.0,x",
        "-9999-01-01",
        "",
        "\0",
        "image",
        "keyset",
        "🦀",
        "/close",
        "> <script>",
    ];
    let leaf = prop_oneof![
        5 => prop::sample::select(texts.to_vec()).prop_map(|text| json!(text)),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<String>().prop_map(|text| json!(text)),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(|yes| json!(yes)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    let names = [
        "tag_name",
        "ref",
        "tag_message",
        "name",
        "description",
        "released_at",
        "milestones",
        "milestone_ids",
        "assets",
        "links",
        "url",
        "direct_asset_path",
        "filepath",
        "link_type",
        "title",
        "start_date",
        "due_date",
        "state_event",
        "page",
        "per_page",
        "order_by",
        "sort",
        "search",
        "iids",
        "pagination",
        "page_token",
        "message",
        "body",
        "source_branch",
        "target_branch",
        "path",
        "namespace_id",
        "parent_id",
        "visibility",
        "include_html_description",
        "simple",
        "select",
        "status",
        "0",
    ];
    prop::sample::select(names.map(String::from).to_vec())
}

/// Names as queries and forms nest them.
fn query_key() -> impl Strategy<Value = String> {
    let nested = prop::collection::vec(prop_oneof![Just(String::new()), key(), "[0-9]{1,20}"], 0..40);
    (key(), prop_oneof![4 => Just(Vec::new()), 1 => nested])
        .prop_map(|(first, keys)| keys.iter().fold(first, |name, key| format!("{name}[{key}]")))
}

fn query_value() -> impl Strategy<Value = String> {
    let numbers = ["0", "-1", "99999999999999999999999", "1e400", "NaN", "0x10", "9223372036854775807"];
    prop_oneof![
        2 => "[a-z0-9,.\\[\\]%-]{0,12}",
        1 => prop::sample::select(numbers.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn fields() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((key(), value()), 0..6).prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_request_is_answered_with_a_5xx(
        method in method(),
        path in path(),
        query in prop::collection::vec((query_key(), query_value()), 0..4),
        fields in fields(),
        raw in prop::option::weighted(0.2, any::<Vec<u8>>()),
        json in any::<bool>(),
    ) {
        let (runtime, gitlab) = shared();
        let status = runtime.block_on(async {
            let request = gitlab.request(method, &format!("/api/v4{path}")).query(&query).header("private-token", MAINTAINER);
            let content_type = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            let body = raw.unwrap_or_else(|| serde_json::to_vec(&fields).unwrap());
            let response = request.header("content-type", content_type).body(body).send().await.unwrap();
            response.status().as_u16()
        });
        prop_assert!(status < 500, "{status}");
    }
}
