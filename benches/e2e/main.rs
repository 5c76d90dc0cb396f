//! relsync from end to end: the program against an embedded GitLab in a process of its own, with set latencies and limits,
//! beside what people do today. Prints Markdown tables; `benches/README.md` keeps the last ones and says how to read them.
//!
//! `cargo bench --bench e2e`; `-- quick` takes a tenth of everything, and the program as benches have it; `-- --no-peers`
//! leaves out the peers, and any other word each work in whose name it does not occur.
#![expect(clippy::print_stdout, reason = "a bench tells")]

mod floor;
mod peers;
mod program;
mod run;
mod server;
mod table;
mod work;

use floor::Limit;
use peers::Peers;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use table::Row;
use work::Work;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let has = |flag: &str| words.iter().any(|word| word == flag);
    let names: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !["quick", "--no-peers"].contains(word)).collect();
    let peers = if has("--no-peers") { None } else { Some(Peers::install()?) };
    let relsync = if has("quick") { program::at_hand() } else { program::of_a_release()? };
    println!("{}", table::head());
    let mut rows: Vec<Row> = Vec::new();
    for scenario in scenarios(has("quick")) {
        if !names.iter().all(|name| scenario.work.name().contains(name)) {
            continue;
        }
        let row = scenario.measure(relsync.path(), peers.as_ref())?;
        println!("{row}");
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(format!("no work is called {}", names.join(" ")).into());
    }
    println!("\n{}", table::routes(&rows));
    Ok(if rows.iter().all(Row::is_as_reckoned) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is to be done, on what day.
struct Scenario {
    work: Work,
    latency: Duration,
    limit: Option<Limit>,
    /// Whether the peer's time is worth waiting for.
    with_peer: bool,
}

fn scenarios(quick: bool) -> Vec<Scenario> {
    let size = |count: usize| if quick { count / 10 } else { count };
    let plans = [100, 1_000, 10_000].map(|count| Work::Unchanged { releases: size(count) });
    let writes = [
        Work::Create { releases: size(1_000) },
        Work::Update { releases: size(1_000) },
        Work::Rotate { releases: size(1_000) },
    ];
    let fleet = Work::Fleet { projects: size(200), releases: 50 };
    let works: Vec<Work> = plans.into_iter().chain(writes).chain([fleet]).collect();
    let mut scenarios = Vec::new();
    for latency in [0, 20, 100] {
        for work in works.iter().cloned() {
            // Links one by one at 100 ms each would take the peer ten minutes, and teach nothing that 20 ms do not.
            let with_peer = latency < 100 || !work.writes();
            scenarios.push(Scenario { work, latency: Duration::from_millis(latency), limit: None, with_peer });
        }
    }
    for work in works.iter().filter(|work| work.writes()).cloned() {
        // What GitLab allows a project in a minute, in a sixth of the time.
        let limit = Some(Limit { writes: 50, window: Duration::from_secs(10) });
        let with_peer = matches!(work, Work::Create { .. });
        scenarios.push(Scenario { work, latency: Duration::from_millis(20), limit, with_peer });
    }
    scenarios
}

impl Scenario {
    fn measure(&self, program: &Path, peers: Option<&Peers>) -> Result<Row> {
        let folder = tempfile::tempdir()?;
        self.work.lay(folder.path())?;
        let relsync = self.once(program, folder.path(), |server| {
            let mut command = run::relsync(program, folder.path(), server.url());
            command.args(self.work.arguments());
            command
        })?;
        let peer = match peers.filter(|_| self.with_peer) {
            None => None,
            Some(peers) => {
                Some(self.once(program, folder.path(), |server| peers.command(folder.path(), server.url()))?)
            }
        };
        Ok(Row::new(&self.work, self.latency, self.limit, relsync, peer))
    }

    /// One run against a server of its own, which is relsync's.
    fn once(
        &self,
        relsync: &Path,
        folder: &Path,
        command: impl Fn(&server::Server) -> std::process::Command,
    ) -> Result<run::Run> {
        let server = server::Server::start(relsync, folder, self.latency, self.limit)?;
        server.warm(&self.work)?;
        server.forget()?;
        let usage = run::measure(command(&server))?;
        let requests = server.requests()?;
        // Whoever it was has to have done it.
        let mut plan = run::relsync(relsync, folder, server.url());
        plan.args(["plan", "--detailed-exitcode", "-f", "fleet"]);
        run::measure(plan)?;
        Ok(run::Run { usage, requests })
    }
}
