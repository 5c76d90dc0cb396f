//! The fault matrix: 200 days for each kind of fault, and for all of them mixed, at 1, 10 and 30 of a hundred requests.
//! Every day must end with the wish, at once or after a second run, with nothing lost and nothing doubled.
//! `cargo bench --bench bad_days`, with `-- 20` for 20 days each.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails and tells")]

#[path = "../tests/plan/bad_days.rs"]
mod bad_days;
#[path = "../tests/plan/wishes.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod wishes;

use bad_days::{KINDS, Tally, day};
use futures_util::{StreamExt, stream};
use std::time::Instant;

#[tokio::main]
async fn main() {
    let days: u64 = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(200);
    let started = Instant::now();
    let (mut total, mut bad) = (0, 0);
    println!(
        "| faults | rate | days | requests that suffered | tried again | at the wish at once | steps left to the second run | wrong |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mixed: &[&str] = &KINDS;
    for kinds in KINDS.iter().map(std::slice::from_ref).chain([mixed]) {
        for percent in [1, 10, 30] {
            let runs = (0..days).map(|seed| async move { (seed, day(kinds, percent, seed).await) });
            let runs: Vec<_> = stream::iter(runs).buffer_unordered(8).collect().await;
            let wrong: Vec<_> = runs.iter().filter_map(|(seed, run)| Some((seed, run.as_ref().err()?))).collect();
            for (seed, error) in &wrong {
                println!("{kinds:?} at {percent} %, seed {seed}: {error}");
            }
            let good: Vec<Tally> = runs.iter().filter_map(|(_, run)| run.as_ref().ok().copied()).collect();
            let sum = |of: fn(&Tally) -> usize| good.iter().map(of).sum::<usize>();
            println!(
                "| {} | {percent} % | {} | {} | {} | {} | {} | {} |",
                if kinds.len() == 1 { kinds[0] } else { "all" },
                runs.len(),
                sum(|tally| tally.faults),
                sum(|tally| tally.waits),
                sum(|tally| usize::from(tally.at_once)),
                sum(|tally| tally.not_done),
                wrong.len(),
            );
            total += runs.len();
            bad += wrong.len();
        }
    }
    println!("{total} days, {bad} wrong, {:.0} s", started.elapsed().as_secs_f64());
    assert_eq!(bad, 0);
}
