//! A folder to work in, a sandbox to talk to, and runs of relsync whose whole output can be held against a snapshot.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A working folder, gone when dropped, and the environment that relsync runs in there.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), env: Vec::new() }
    }

    /// A folder whose relsync talks to `server` as `token`.
    pub(crate) fn with_server(server: &Server, token: &str) -> Self {
        Self::new().env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", token)
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes a manifest for project `root/awesome-app`; `text` is what follows `[project]`.
    pub(crate) fn manifest(&self, text: &str) {
        self.write("releases.toml", &format!("version = 1\n[project]\npath = \"root/awesome-app\"\n{text}"));
    }

    /// Every command that the help lists.
    pub(crate) fn commands(&self) -> Vec<String> {
        let help = self.run(&["-h"]).expect(0).stdout;
        let (_, list) = help.split_once("Commands:\n").unwrap();
        let lines = list.lines().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "));
        let names: Vec<_> = lines.filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect();
        assert!(names.len() > 5 && names.iter().any(|name| name == "plan"), "{help}");
        names.into_iter().filter(|name| name != "help").collect()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let output = relsync(args)
            .current_dir(self.path())
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Run {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
            home: self.path().to_owned(),
        }
    }
}

/// relsync without this process's environment, so that a CI job's variables don't change what is tested.
pub(crate) fn relsync(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relsync"));
    command.args(args).env_clear();
    command
}

/// What git says in `folder`, whatever this machine's settings are.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    git_at(folder, None, args)
}

/// The same, with what it makes dated like this.
pub(crate) fn git_at(folder: &Path, date: Option<&str>, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(args);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
        command.env_remove(name);
    }
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.com");
    }
    if let Some(date) = date {
        command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date);
    }
    let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Commits all there is in `folder`, and says as what.
pub(crate) fn commit(folder: &Path) -> String {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", "x"]);
    git(folder, &["rev-parse", "HEAD"])
}

/// One run's end. Displayed whole, with what varies taken out.
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
    pub(crate) home: PathBuf,
}

impl Run {
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "unexpected exit code of\n{self}");
        self
    }

    /// `text` without the folder, ports and dates of today, and with progress in the plan's order: side by side, steps end as they like.
    fn steady(&self, text: &str) -> String {
        let text = text.replace(&*self.home.to_string_lossy(), "[HOME]");
        let text = without_ports(&text);
        let (mut lines, mut steps): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for line in text.lines() {
            if let Some(what) = progress(line) {
                steps.push(what.to_owned());
                continue;
            }
            steps.sort();
            lines.extend(steps.drain(..).map(|what| format!("  n/m {what}")));
            lines.push(line.trim_end().to_owned());
        }
        steps.sort();
        lines.extend(steps.into_iter().map(|what| format!("  n/m {what}")));
        lines.join("\n")
    }
}

/// What a line like `    3/12 create release v1` says after its count.
fn progress(line: &str) -> Option<&str> {
    let (count, what) = line.trim_start().split_once(' ')?;
    let (over, total) = count.split_once('/')?;
    (over.parse::<u32>().is_ok() && total.parse::<u32>().is_ok()).then_some(what)
}

fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("127.0.0.1:PORT");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        writeln!(f, "exit code: {code}")?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            writeln!(f, "----- {name} -----")?;
            writeln!(f, "{}", self.steady(text))?;
        }
        Ok(())
    }
}

/// `relsync sandbox serve`, stopped when dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
}

impl Server {
    /// The default seed.
    pub(crate) fn start() -> Self {
        Self::serve(&[])
    }

    pub(crate) fn seeded(seed: &Path) -> Self {
        Self::serve(&["--seed", seed.to_str().unwrap()])
    }

    /// A sandbox with one project, `root/awesome-app`, and whatever else `seed` says of it.
    pub(crate) fn with(seed: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seed.toml");
        let head = "[[projects]]\nid = 24\npath = \"root/awesome-app\"\nvisibility = \"private\"\n";
        std::fs::write(&path, format!("[[groups]]\npath = \"root\"\n{head}{seed}")).unwrap();
        Self::seeded(&path)
    }

    pub(crate) fn serve(more: &[&str]) -> Self {
        let args = [&["sandbox", "serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut process = relsync(&args).stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("said {line:?}")).to_owned();
        Self { process, url }
    }

    /// How many requests of each method and route there were since the last call: `GET /projects/:id 1`.
    pub(crate) fn requests(&self) -> Vec<String> {
        let url = format!("{}/sandbox/requests", self.url);
        let counts: serde_json::Value = block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let counts = client.get(&url).send().await.unwrap().json().await.unwrap();
            client.delete(&url).send().await.unwrap().error_for_status().unwrap();
            counts
        });
        let line = |r: &serde_json::Value| {
            format!("{} {} {}", r["method"].as_str().unwrap(), r["route"].as_str().unwrap(), r["count"])
        };
        let mut lines: Vec<_> = counts["requests"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    }

    /// Asks as the maintainer would, past relsync.
    pub(crate) fn ask(&self, method: reqwest::Method, path: &str, body: &serde_json::Value) -> serde_json::Value {
        block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let request = client.request(method, format!("{}/api/v4{path}", self.url));
            let answer = request.header("PRIVATE-TOKEN", "sandbox-maintainer").json(body).send().await.unwrap();
            answer.error_for_status().unwrap().json().await.unwrap()
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Writes of a list of counted requests.
pub(crate) fn writes(requests: &[String]) -> Vec<&String> {
    requests.iter().filter(|r| !r.starts_with("GET ")).collect()
}
