//! `--shard`: jobs share a fleet out, and nothing is done twice or not at all.

use crate::fleet_file::fleet_of;
use crate::support::{Home, Server};
use std::collections::BTreeMap;

fn new_release(id: usize) -> String {
    format!("[[projects.releases]]\ntag_name = \"new-{id}\"\nref = \"main\"\n")
}

/// The plans in a report, by project.
fn plans(home: &Home, args: &[&str]) -> BTreeMap<String, serde_json::Value> {
    let run = home.run(&[&["plan", "-f", "fleet.toml", "--format", "json"], args].concat()).expect(0);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let projects = report["projects"].as_array().unwrap().iter();
    projects.map(|project| (project["plan"]["project"]["path"].as_str().unwrap().to_owned(), project.clone())).collect()
}

#[test]
fn the_shards_together_are_the_whole() {
    let (server, home) = fleet_of(12, 1, new_release);
    let whole = plans(&home, &[]);
    assert_eq!(whole.len(), 12);
    server.requests();
    let mut together = BTreeMap::new();
    for number in 1..=5 {
        let shard = plans(&home, &["--shard", &format!("{number}/5")]);
        // What is in another shard is not even read.
        let asked = server.requests();
        let reads = format!("GET /projects/:id/releases {}", shard.len());
        assert!(if shard.is_empty() { asked.is_empty() } else { asked.contains(&reads) }, "{asked:?}");
        for (project, plan) in shard {
            assert!(together.insert(project.clone(), plan).is_none(), "{project} is in two shards");
        }
    }
    assert_eq!(together, whole);
}

#[test]
fn a_parallel_job_takes_its_own_and_says_so() {
    let (server, home) = fleet_of(6, 1, new_release);
    let job = |index: &str, name: &str| {
        let job = Home::with_server(&server, "sandbox-maintainer");
        job.write("fleet.toml", &std::fs::read_to_string(home.path().join("fleet.toml")).unwrap());
        job.env("CI_NODE_INDEX", index).env("CI_NODE_TOTAL", "3").env("CI_JOB_NAME", name)
    };
    let jobs: Vec<Home> = (1..=3).map(|index| job(&index.to_string(), &format!("fleet {index}/3"))).collect();
    insta::assert_snapshot!("job", jobs[0].run(&["plan", "-f", "fleet.toml"]).expect(0));
    let applied = jobs.iter().map(|job| job.run(&["apply", "--yes", "-f", "fleet.toml"]).expect(0));
    assert_eq!(applied.map(|run| run.stdout.matches(" 1 release created;").count()).sum::<usize>(), 6);
    home.run(&["plan", "-f", "fleet.toml", "--detailed-exitcode"]).expect(0);
    // A matrix has other jobs for other things.
    let matrix = job("1", "fleet: [apps, main]").run(&["plan", "-f", "fleet.toml"]).expect(0);
    assert!(matrix.stdout.contains("In all: 6 projects") && !matrix.stderr.contains("Shard"), "{matrix}");
    let whole = jobs[1].run(&["plan", "-f", "fleet.toml", "--shard", "1/1"]).expect(0);
    assert!(whole.stdout.contains("In all: 6 projects") && !whole.stderr.contains("Shard"), "{whole}");
}

#[test]
fn a_job_whose_shard_can_not_be_made_out_takes_no_project() {
    let (server, home) = fleet_of(2, 1, new_release);
    let home = home.env("CI_NODE_INDEX", "5").env("CI_NODE_TOTAL", "4");
    let run = home.run(&["apply", "--yes", "-f", "fleet.toml"]).expect(1);
    assert!(run.stderr.contains("CI_NODE_INDEX and CI_NODE_TOTAL name no shard: shards are counted from 1"), "{run}");
    assert!(server.requests().is_empty());
    home.run(&["plan", "-f", "fleet.toml", "--shard", "1/1"]).expect(0);
}

/// More jobs than projects, or a job that is no fleet's: nothing to do is no failure, but it is said.
#[test]
fn an_empty_shard_is_a_success_with_a_note() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    let run = |number: u8, args: &[&str]| home.run(&[args, &["--shard", &format!("{number}/2")]].concat()).expect(0);
    let empty = (1..=2).find(|number| run(*number, &["plan"]).stderr.contains(": 0 of 1 project")).unwrap();
    server.requests();
    insta::assert_snapshot!("empty", run(empty, &["plan", "--out", "plan.json", "--quiet"]));
    for args in [&["apply", "--yes"][..], &["drift"], &["plan", "--only", "v0.1"], &["plan", "--format", "markdown"]] {
        let run = run(empty, args);
        assert!(run.stderr.contains(": 0 of 1 project: nothing to do."), "{run}");
    }
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    assert!(server.requests().is_empty());
}

/// Each would delete what the other keeps, and what is in another shard nobody looks at.
#[test]
fn one_project_by_two_names_is_in_no_shard() {
    let only =
        |tag: u8| format!("[projects.policy]\nunmanaged = \"delete\"\n[[projects.releases]]\ntag_name = \"v{tag}\"\n");
    let (server, home) = fleet_of(1, 2, |_| String::new());
    let fleet =
        format!("version = 1\n[[projects]]\npath = \"acme/p001\"\n{}[[projects]]\nid = 1\n{}", only(1), only(2));
    home.write("fleet.toml", &fleet);
    for shard in ["1/2", "2/2"] {
        for command in [&["plan"][..], &["apply", "--yes"], &["drift"], &["rehearse"]] {
            let run = home.run(&[command, &["-f", "fleet.toml", "--shard", shard]].concat()).expect(1);
            assert!(run.stderr.contains("acme/p001 (fleet.toml) is named by its path"), "{run}");
        }
    }
    insta::assert_snapshot!("two_names", home.run(&["plan", "-f", "fleet.toml", "--shard", "1/2"]));
    assert!(server.requests().is_empty());
    // One GitLab's numbers are no other's.
    home.write("fleet.toml", &fleet.replace("id = 1\n", "id = 1\nurl = \"http://127.0.0.1:9\"\n"));
    let run = home.run(&["plan", "-f", "fleet.toml", "--shard", "1/2"]);
    assert!(!run.stderr.contains("is named by its path"), "{run}");
}

#[test]
fn what_only_other_shards_have_is_a_note() {
    let (_server, home) = fleet_of(6, 1, |id| if id == 1 { new_release(id) } else { String::new() });
    let plan = |args: &[&str]| home.run(&[&["plan", "-f", "fleet.toml", "--only", "new-1"], args].concat());
    assert!(plan(&[]).expect(0).stdout.contains("new-1"));
    let runs = [1, 2].map(|number| plan(&["--shard", &format!("{number}/2")]).expect(0));
    let note = "Note: `--only new-1` names no release in this shard.";
    let noted: Vec<bool> = runs.iter().map(|run| run.stderr.contains(note)).collect();
    let planned: Vec<bool> = runs.iter().map(|run| run.stdout.contains("new-1")).collect();
    assert_eq!(noted, planned.iter().map(|is_planned| !is_planned).collect::<Vec<_>>(), "{}{}", runs[0], runs[1]);
    assert!(noted.contains(&true) && noted.contains(&false));
}

#[test]
fn a_shard_that_is_none_is_wrong_usage() {
    let home = Home::new();
    home.manifest("");
    for shard in ["0/10", "11/10", "x"] {
        let run = home.run(&["plan", "--shard", shard]).expect(1);
        assert!(run.stderr.contains("invalid value") && run.stderr.contains("--shard <N/TOTAL>"), "{run}");
    }
    insta::assert_snapshot!("eleven_of_ten", home.run(&["plan", "--shard", "11/10"]));
}
