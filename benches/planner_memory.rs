//! The most memory that planning takes: a manifest of 100,000 releases with five links each is read, and compared with a
//! GitLab that has something else everywhere. At most 600 MB. `cargo bench --bench planner_memory` (Linux), and
//! the same with `-- policy-first`, `blanks` or `inline-links`: other layouts of the same.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails and tells")]

mod histories;

use histories::Live;
use relsync::model::Moment;
use relsync::plan::{Plan, Selection};
use std::path::Path;

const RELEASES: usize = 100_000;
const MOST_MEGABYTES: usize = 600;

fn main() {
    let layout = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let text = text(layout.as_deref().unwrap_or("policy-last"));
    println!("the text alone: {} MB at the most", peak());
    let manifest = relsync::manifest::parse(Path::new("releases.toml"), &text).unwrap();
    drop(text);
    println!("read: {} MB at the most", peak());
    for live in [Live::AsWished, Live::Changed] {
        let current = histories::current(RELEASES, live);
        let now = Moment::new("2026-01-01T00:00:00Z".parse().unwrap());
        let plan = Plan::new(&manifest.desired, &current, &Selection::default(), now);
        println!("compared, {} steps: {} MB at the most", plan.steps.len(), peak());
        assert_eq!(plan.is_empty(), live == Live::AsWished);
    }
    assert!(peak() <= MOST_MEGABYTES, "more than {MOST_MEGABYTES} MB");
}

/// The manifest in one of its layouts.
fn text(layout: &str) -> String {
    let text = histories::manifest(RELEASES);
    match layout {
        "policy-first" => text.replacen("[project]", "[policy]\n[project]", 1),
        "policy-last" => text + "[policy]\nunmanaged = \"report\"\n",
        "blanks" => text.replace("[[releases]]", "  [[ releases ]]"),
        "inline-links" => with_inline_links(&text),
        _ => panic!("no such layout: {layout}"),
    }
}

/// The same with each release's links in one array, as some generators write them.
fn with_inline_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines();
    let mut is_open = false;
    while let Some(line) = lines.next() {
        if line == "[[releases.links]]" {
            let keys: Vec<_> = lines.by_ref().take(4).collect();
            out.push_str(if is_open { "" } else { "links = [\n" });
            out.extend(["  { ", &keys.join(", "), " },\n"]);
            is_open = true;
        } else {
            out.extend([if is_open { "]\n" } else { "" }, line, "\n"]);
            is_open = false;
        }
    }
    out + if is_open { "]\n" } else { "" }
}

/// The most memory that this process has held so far, in MB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1000
}
