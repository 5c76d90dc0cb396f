//! 32 clients at once, 10,000 mixed requests: no 5xx, no lost or doubled row. `cargo bench --bench sandbox_stress`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails and tells")]

#[path = "../tests/sandbox/crowd.rs"]
mod crowd;

use relsync::sandbox::{Options, Sandbox};
use std::time::Instant;

const CLIENTS: usize = 32;
const REQUESTS: usize = 10_240;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data: Some(folder.path().into()), ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let start = Instant::now();
    crowd::crowd(&sandbox.url(), CLIENTS, REQUESTS).await;
    println!("{REQUESTS} requests by {CLIENTS} clients, all read back: {:.1} s", start.elapsed().as_secs_f64());
    sandbox.stop().await;
}
