//! The embedded GitLab in a process of its own.

use crate::Result;
use crate::floor::{AT_ONCE, Limit, PER_PAGE};
use crate::work::{self, Work};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Whoever asks is a maintainer.
pub(crate) const TOKEN: &str = "sandbox-maintainer";

/// How long rows of the list of releases are remembered: longer than any run.
const KEPT: &str = "1h";

/// It serves until it is dropped.
pub(crate) struct Server {
    process: Child,
    url: String,
    http: reqwest::Client,
    runtime: Runtime,
}

impl Server {
    /// Has `relsync` start it with the seed in `folder`.
    pub(crate) fn start(relsync: &Path, folder: &Path, latency: Duration, limit: Option<Limit>) -> Result<Self> {
        let mut command = Command::new(relsync);
        command.args(["sandbox", "serve", "--listen", "127.0.0.1:0", "--seed"]).arg(folder.join("seed.toml"));
        command.args(["--latency", &format!("{}ms", latency.as_millis()), "--list-cache", KEPT]);
        if let Some(limit) = limit {
            command.args(["--limit", &format!("release-writes={}/{}s", limit.writes, limit.window.as_secs())]);
        }
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().ok_or("no output")?).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").ok_or("the sandbox did not start")?.to_owned();
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { process, url, http, runtime: Runtime::new()? })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn counter(&self) -> String {
        format!("{}/sandbox/requests", self.url)
    }

    /// Has it render all releases, page by page, as GitLab has those that somebody has listed a moment ago: the time that takes
    /// is no client's.
    pub(crate) fn warm(&self, work: &Work) -> Result<()> {
        let (projects, releases) = work.size();
        let pages =
            (0..projects).flat_map(|project| (1..=releases.div_ceil(PER_PAGE)).map(move |page| (project, page)));
        let read = |(project, page)| {
            let url = format!("{}/api/v4/projects/{}/releases", self.url, work::id(project));
            let request = self.http.get(url).query(&[("per_page", PER_PAGE), ("page", page)]);
            request.header("PRIVATE-TOKEN", TOKEN).send()
        };
        let answers = stream::iter(pages.map(read)).buffer_unordered(AT_ONCE);
        let answers: Vec<_> = self.runtime.block_on(answers.try_collect())?;
        Ok(answers.into_iter().try_for_each(|answer: reqwest::Response| answer.error_for_status().map(drop))?)
    }

    /// Counts anew.
    pub(crate) fn forget(&self) -> Result<()> {
        let answer = self.runtime.block_on(self.http.delete(self.counter()).send())?;
        answer.error_for_status()?;
        Ok(())
    }

    /// How often each method and route was called.
    pub(crate) fn requests(&self) -> Result<BTreeMap<String, usize>> {
        let answer = self.http.get(self.counter());
        let told: serde_json::Value = self.runtime.block_on(async { answer.send().await?.json().await })?;
        let rows = told["requests"].as_array().ok_or("no requests were told")?.iter();
        let row = |row: &serde_json::Value| {
            let name = format!("{} {}", row["method"].as_str()?, row["route"].as_str()?);
            Some((name, usize::try_from(row["count"].as_u64()?).ok()?))
        };
        rows.map(row).collect::<Option<_>>().ok_or_else(|| "requests were told in another way".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
