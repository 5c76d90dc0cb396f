//! 10,000 releases with 5 links each, listed at 100 a page over HTTP: the last page must not take more than half as long
//! again as the first. `cargo bench --bench sandbox_list`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails and tells")]

use relsync::sandbox::{Options, Sandbox};
use reqwest::Client;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const RELEASES: usize = 10_000;
const LINKS: usize = 5;
const PAGES: usize = RELEASES / 100;
const RUNS: usize = 15;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.toml");
    std::fs::write(&seed, history()).unwrap();
    let start = Instant::now();
    let data = Some(folder.path().join("data"));
    let sandbox = Sandbox::start(Options { data, seed: Some(seed.into()), ..Options::default() }).await.unwrap();
    println!("laid {RELEASES} releases with {LINKS} links each in {:.1} s", start.elapsed().as_secs_f64());

    let client = Client::new();
    let url = format!("{}/api/v4/projects/24/releases?per_page=100", sandbox.url());
    let mut total = Duration::ZERO;
    for number in 1..=PAGES {
        total += page(&client, &url, number).await;
    }
    println!("all {PAGES} pages: {:.1} ms a page", milliseconds(total) / f64::from(u32::try_from(PAGES).unwrap()));

    let mut medians = Vec::new();
    for (name, number) in [("first", 1), ("middle", PAGES / 2), ("last", PAGES)] {
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            times.push(page(&client, &url, number).await);
        }
        times.sort();
        println!("{name:>6} page: {:.1} ms", milliseconds(times[RUNS / 2]));
        medians.push(milliseconds(times[RUNS / 2]));
    }
    println!("last/first: {:.2}", medians[2] / medians[0]);
    assert!(medians[2] <= medians[0] * 1.5, "later pages are slower");
    sandbox.stop().await;
}

/// How long a page takes, from the request to the last byte.
async fn page(client: &Client, url: &str, number: usize) -> Duration {
    let start = Instant::now();
    let request = client.get(format!("{url}&page={number}")).header("private-token", "sandbox-maintainer");
    let body = request.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
    let time = start.elapsed();
    assert!(body.len() > 100_000, "a page of {} bytes", body.len());
    time
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn history() -> String {
    let mut text = "[[projects]]\nid = 24\npath = 'root/awesome-app'\n".to_owned();
    for number in 0..RELEASES {
        let (day, hour, minute) = (1 + number / 1440, number / 60 % 24, number % 60);
        write!(
            text,
            "[[projects.tags]]\nname = 'v1.{number}'\n\
             [[projects.releases]]\ntag_name = 'v1.{number}'\nname = 'Release 1.{number}'\n\
             description = '''\n## What is new\n\n- Number {number}, with **a few** words to read.\n'''\n\
             released_at = 2020-01-{day:02}T{hour:02}:{minute:02}:00Z\n"
        )
        .unwrap();
        for link in 0..LINKS {
            write!(
                text,
                "[[projects.releases.links]]\nname = 'asset-{link}'\nurl = 'https://dl.example.com/v1.{number}/{link}'\n\
                 direct_asset_path = '/bin/asset-{link}'\nlink_type = 'package'\n"
            )
            .unwrap();
        }
    }
    text
}
