//! Reports of small runs made of values, whole and parsed as a browser would.

mod parsed;
mod samples;

use super::{drift_html, html};
use crate::report::run::Command;
use parsed::Parsed;
use proptest::prelude::*;
use samples::{Sample, drift_of_every_kind, drift_of_texts, drift_with_a_change, hostile};

/// What is between the header and the script, one element a line as the templates have it.
fn body(page: &str) -> &str {
    let start = page.find("<header").unwrap_or_default();
    &page[start..page.find("<script>").unwrap_or(page.len())]
}

#[test]
fn a_plan_with_every_kind_of_release() {
    insta::assert_snapshot!(body(&Sample::every_kind().html(Command::Plan)));
}

#[test]
fn what_came_of_an_apply() {
    insta::assert_snapshot!(body(&Sample::every_kind().applied().html(Command::Apply)));
}

#[test]
fn several_projects_of_which_one_is_refused_and_one_was_not_read() {
    insta::assert_snapshot!(body(&Sample::every_kind().refused().unread().html(Command::Plan)));
}

#[test]
fn what_somebody_did() {
    insta::assert_snapshot!(body(&drift_of_every_kind()));
}

#[test]
fn what_somebody_did_and_what_a_change_will_do() {
    insta::assert_snapshot!(body(&drift_with_a_change()));
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(body(&Sample::as_wished(1).html(Command::Plan)));
}

#[test]
fn the_policy_names_the_pages_own_script_and_style() {
    let page = Sample::as_wished(1).html(Command::Plan);
    let between = |start: &str, end: &str| {
        let from = page.find(start).unwrap() + start.len();
        &page[from..from + page[from..].find(end).unwrap()]
    };
    let policy = super::csp::policy(between("<script>", "</script>"), between("<style>", "</style>"));
    assert_eq!(
        between("Content-Security-Policy\" content=\"", "\"").replace("&#39;", "'").replace("&#43;", "+"),
        policy
    );
}

#[test]
fn ten_thousand_releases_that_stay_take_little_room() {
    let page = Sample::as_wished(10_000).html(Command::Plan);
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
}

#[test]
fn what_there_is_to_say_of_many_releases_is_taken_up_one_by_one() {
    let later = |count| Sample::many(count).html(Command::Plan).matches("<noscript>").count();
    assert_eq!((later(100), later(101)), (0, 101));
}

#[test]
fn huge_notes_do_not_make_a_huge_page() {
    let notes = "- **a** [b](https://example.com) `c`\n".repeat(150_000);
    let page = Sample::of_notes(&[(&notes, &notes.replace('b', "d"))]).html(Command::Plan);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    let (long, deep) = (&notes[..200_000], "> ".repeat(30_000));
    let many = vec![(long, deep.as_str()); 20];
    let page = Sample::of_notes(&many).html(Command::Plan);
    assert!(page.len() < 15_000_000, "{} bytes", page.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn hostile_texts_make_no_element_and_no_attribute(texts in prop::collection::vec(hostile(), 8)) {
        let page = Sample::of_texts(&texts).applied().html(Command::Apply);
        let parsed = Parsed::new(&page);
        prop_assert_eq!(&parsed.strange, &Vec::<String>::new());
        prop_assert!(!page.contains(|c| crate::model::is_hostile(c) && c != '\n' && c != '\t'));
    }

    #[test]
    fn hostile_texts_make_no_element_in_drift_either(texts in prop::collection::vec(hostile(), 8)) {
        let page = drift_of_texts(&texts);
        let parsed = Parsed::new(&page);
        prop_assert_eq!(&parsed.strange, &Vec::<String>::new());
        prop_assert!(!page.contains(|c| crate::model::is_hostile(c) && c != '\n' && c != '\t'));
        prop_assert_eq!(page, drift_of_texts(&texts));
    }

    #[test]
    fn the_same_run_gives_the_same_bytes(texts in prop::collection::vec(hostile(), 8)) {
        let page = || Sample::of_texts(&texts).html(Command::Plan);
        prop_assert_eq!(page(), page());
    }
}
