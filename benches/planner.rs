//! The planner, without a network: parse and validate, compare, order links, write the report. All of it in the order of
//! magnitude of a blink for 10,000 releases with five links each, and no slower per release for 100,000.
//! `cargo bench --bench planner`
#![expect(clippy::unwrap_used, reason = "a bench fails and tells")]

mod histories;

use divan::{Bencher, black_box};
use histories::{Live, current, manifest};
use relsync::manifest::{Manifest, parse};
use relsync::model::Moment;
use relsync::plan::{Plan, Selection};
use relsync::report::{self, Detail, Palette};
use std::path::Path;

const SIZES: [usize; 2] = [10_000, 100_000];

fn main() {
    divan::main();
}

fn read(text: &str) -> Manifest {
    parse(Path::new("releases.toml"), text).unwrap()
}

fn now() -> Moment {
    Moment::new("2026-01-01T00:00:00Z".parse().unwrap())
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn parse_and_validate(bencher: Bencher<'_, '_>, count: usize) {
    let text = manifest(count);
    bencher.bench_local(|| read(black_box(&text)));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn compare_unchanged(bencher: Bencher<'_, '_>, count: usize) {
    compare(bencher, count, Live::AsWished);
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn compare_all_changed(bencher: Bencher<'_, '_>, count: usize) {
    compare(bencher, count, Live::Changed);
}

/// Links that have to get out of each other's way.
#[divan::bench(args = SIZES, sample_count = 5)]
fn order_links(bencher: Bencher<'_, '_>, count: usize) {
    compare(bencher, count, Live::Rotated);
}

fn compare(bencher: Bencher<'_, '_>, count: usize, live: Live) {
    let (manifest, current) = (read(&manifest(count)), current(count, live));
    let plan = || Plan::new(&manifest.desired, &current, &Selection::default(), now());
    assert_eq!((plan().refusals.len(), plan().is_empty()), (0, live == Live::AsWished));
    bencher.bench_local(plan);
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn report_all_changed(bencher: Bencher<'_, '_>, count: usize) {
    let (manifest, current) = (read(&manifest(count)), current(count, Live::Changed));
    let plan = Plan::new(&manifest.desired, &current, &Selection::default(), now());
    bencher.bench_local(|| report::plan(&plan, Detail::Changes, &Palette::plain()));
}
