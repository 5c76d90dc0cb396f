//! Many clients at once, each of which knows what it has done, and what must be there afterwards. Shared with the
//! benches, so it knows nothing but a url.

use futures_util::future::join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const TOKEN: &str = "sandbox-maintainer";
const PROJECT: &str = "/api/v4/projects/24";
/// The requests of a client's round: `round` sends so many.
const ROUND: usize = 10;

/// What a release is to be in the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Release {
    name: String,
    links: BTreeSet<String>,
    milestones: BTreeSet<String>,
}

type Releases = BTreeMap<String, Release>;

/// Sends `total` mixed requests from `clients` clients at once, checks every answer, then reads everything back.
pub(crate) async fn crowd(url: &str, clients: usize, total: usize) {
    let rounds = total / clients / ROUND;
    let lanes = (0..clients).map(|lane| {
        let client = One { client: Client::new(), url: url.to_owned(), lane };
        tokio::spawn(async move { client.work(rounds).await })
    });
    let mut expected = Releases::new();
    for lane in join_all(lanes).await {
        for (tag, release) in lane.unwrap() {
            assert!(expected.insert(tag.clone(), release).is_none(), "{tag} was made twice");
        }
    }
    let found = read_back(&One { client: Client::new(), url: url.to_owned(), lane: clients }).await;
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (tag, release) in expected {
        assert_eq!(found[&tag], release, "{tag}");
    }
}

/// One of the clients.
struct One {
    client: Client,
    url: String,
    lane: usize,
}

impl One {
    async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value, String) {
        let request =
            self.client.request(method, format!("{}{PROJECT}{path}", self.url)).header("private-token", TOKEN);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let next = response.headers().get("x-next-page").map(|page| page.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        (status, body, next.unwrap_or_default())
    }

    async fn expect(&self, status: u16, method: Method, path: &str, body: Value) -> Value {
        let (got, answer, _) = self.ask(method.clone(), path, body).await;
        assert_eq!(got, status, "{method} {path}: {answer}");
        answer
    }

    async fn work(&self, rounds: usize) -> Releases {
        let mut mine = Releases::new();
        for number in 0..rounds {
            self.round(number, &mut mine).await;
        }
        mine
    }

    async fn round(&self, number: usize, mine: &mut Releases) {
        let tag = format!("c{}-{number}", self.lane);
        let path = format!("/releases/{tag}");
        let links = json!([{ "name": "one", "url": "https://x.y/1", "direct_asset_path": "/bin/one" },
                           { "name": "two", "url": "https://x.y/2" }]);
        let body = json!({ "tag_name": tag, "ref": "main", "assets": { "links": links }, "milestones": ["v1.0-rc"] });
        self.expect(201, Method::POST, "/releases", body).await;
        let listed = format!("/releases?per_page=20&page={}", 1 + number % 5);
        let page = self.expect(200, Method::GET, &listed, Value::Null).await;
        assert!(page.as_array().is_some_and(|rows| rows.len() <= 20));
        self.expect(200, Method::PUT, &path, json!({ "name": "renamed" })).await;
        let link = json!({ "name": "three", "url": "https://x.y/3" });
        let link = self.expect(201, Method::POST, &format!("{path}/assets/links"), link).await;
        let release = self.expect(200, Method::GET, &path, Value::Null).await;
        assert_eq!(
            (&release["name"], release["assets"]["links"].as_array().map(Vec::len)),
            (&json!("renamed"), Some(3))
        );
        let path_of_link = format!("{path}/assets/links/{}", link["id"]);
        self.expect(200, Method::PUT, &path_of_link, json!({ "name": "four" })).await;
        let two =
            &release["assets"]["links"].as_array().unwrap().iter().find(|link| link["name"] == "two").unwrap()["id"];
        self.expect(200, Method::DELETE, &format!("{path}/assets/links/{two}"), Value::Null).await;
        self.expect(200, Method::PUT, &path, json!({ "milestones": ["v1.0"] })).await;
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let release = Release { name: "renamed".into(), links: texts(&["one", "four"]), milestones: texts(&["v1.0"]) };
        mine.insert(tag.clone(), release);

        // All clients want this one; exactly one gets it.
        let contested = format!("all-{number}");
        let (status, answer, _) =
            self.ask(Method::POST, "/releases", json!({ "tag_name": contested, "ref": "main" })).await;
        match status {
            201 => drop(mine.insert(contested.clone(), Release { name: contested, ..Release::default() })),
            409 => {}
            _ => panic!("{status}: {answer}"),
        }
        if number.is_multiple_of(3) {
            self.expect(200, Method::DELETE, &path, Value::Null).await;
            mine.remove(&tag);
        } else {
            self.expect(200, Method::GET, "/repository/tags?pagination=keyset&per_page=50", Value::Null).await;
        }
    }
}

async fn read_back(reader: &One) -> Releases {
    let mut found = Releases::new();
    let mut page = "1".to_owned();
    while !page.is_empty() {
        let path = format!("/releases?per_page=100&order_by=created_at&sort=asc&page={page}");
        let (status, rows, next) = reader.ask(Method::GET, &path, Value::Null).await;
        assert_eq!(status, 200);
        for row in rows.as_array().unwrap() {
            let names = |value: &Value, key: &str| {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                items.iter().map(|item| item[key].as_str().unwrap().to_owned()).collect()
            };
            let release = Release {
                name: row["name"].as_str().unwrap().to_owned(),
                links: names(&row["assets"]["links"], "name"),
                milestones: names(&row["milestones"], "title"),
            };
            let tag = row["tag_name"].as_str().unwrap().to_owned();
            assert!(found.insert(tag, release).is_none(), "twice: {row}");
        }
        page = next;
    }
    found
}
