//! Files of releases that go wrong, or are not this run's: what was done is named, and what is another's is not read.

use crate::fleet_file::fleet_of;
use crate::support::{Home, Server};

const FILES: &str = "[[releases]]\ntag_name = \"v0.1\"\n[[releases.files]]\npath = \"dist/*\"\n";

/// In a pipeline each shard's job has what was built for its own projects.
#[test]
fn a_shard_needs_no_files_of_others() {
    let release = "[[projects.releases]]\ntag_name = \"new\"\nref = \"main\"\n";
    let (_server, home) =
        fleet_of(6, 1, |id| format!("{release}[[projects.releases.files]]\npath = \"dist/{id}/app.zip\"\n"));
    let plan = |number: u8| home.run(&["plan", "-f", "fleet.toml", "--shard", &format!("{number}/2")]);
    let missing = |run: &str| (1..=6).filter(|id| run.contains(&format!("dist/{id}/app.zip"))).collect::<Vec<_>>();
    let (first, second) = (missing(&plan(1).expect(1).stderr), missing(&plan(2).expect(1).stderr));
    assert!(!first.is_empty() && !second.is_empty(), "{first:?} {second:?}");
    assert_eq!(first.iter().filter(|id| second.contains(id)).count(), 0, "{first:?} {second:?}");
    for id in first {
        home.write(&format!("dist/{id}/app.zip"), "app");
    }
    plan(1).expect(0);
    plan(2).expect(1);
}

/// The job's own project, which the manifest does not name, is in one of the shards only.
#[test]
fn a_shard_without_the_jobs_own_project_needs_no_files() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app");
    home.write("releases.toml", &format!("version = 1\n{FILES}"));
    let run = |number: u8| home.run(&["plan", "--shard", &format!("{number}/2")]);
    let runs = [run(1), run(2)];
    let codes: Vec<_> = runs.iter().map(|run| run.code).collect();
    assert!(codes == [Some(0), Some(1)] || codes == [Some(1), Some(0)], "{}{}", runs[0], runs[1]);
}
