//! Upcoming, current and historical: a date that moves a release between them is told as such, and time that goes by is not.

use crate::support::{Home, Server};

/// `was-upcoming` was made before its date, which has passed since.
const SEED: &str = r#"
[[projects.tags]]
name = "was-current"
[[projects.tags]]
name = "still-upcoming"
[[projects.tags]]
name = "was-upcoming"
[[projects.releases]]
tag_name = "was-current"
released_at = 2021-02-01T10:00:00Z
created_at = 2021-02-01T10:00:00Z
[[projects.releases]]
tag_name = "still-upcoming"
released_at = 2999-01-01T00:00:00Z
created_at = 2021-02-01T10:00:00Z
[[projects.releases]]
tag_name = "was-upcoming"
released_at = 2021-03-01T00:00:00Z
created_at = 2021-02-01T10:00:00Z
"#;

fn manifest(home: &Home, dates: [(&str, &str); 3]) {
    let entry = |(tag, date): (&str, &str)| format!("[[releases]]\ntag_name = \"{tag}\"\nreleased_at = {date}\n");
    home.manifest(&dates.map(entry).concat());
}

/// History is declared on purpose; a date of a few days ago may be a plan that came late.
#[test]
fn a_date_that_has_just_passed_is_told_and_one_long_ago_is_history() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    let ago = |days: i64| jiff::Timestamp::now() - jiff::SignedDuration::from_hours(days * 24);
    let entry =
        |tag: &str, days| format!("[[releases]]\ntag_name = \"{tag}\"\nref = \"main\"\nreleased_at = {}\n", ago(days));
    home.manifest(&(entry("v2", 6) + &entry("v1", 8) + &entry("v0", 3000)));
    let plan = home.run(&["plan"]).expect(0).stdout;
    let notes: Vec<_> = plan.lines().filter(|line| line.starts_with("Note: ")).collect();
    assert_eq!(
        notes,
        [
            "Note: 3 tags will be created, which may start pipelines.",
            "Note: 3 new releases will be announced by mail to whoever watches.",
            "Note: no evidence is collected for 3 historical releases.",
            "Note: 1 new release is dated in the last 7 days, and so historical (v2): to release now, leave `released_at` out.",
        ]
    );
}

#[test]
fn a_date_that_changes_what_a_release_is_called_says_so() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    manifest(
        &home,
        [
            ("was-current", "2998-01-01T00:00:00Z"),
            ("still-upcoming", "2020-01-01T00:00:00Z"),
            ("was-upcoming", "2021-01-31T00:00:00Z"),
        ],
    );
    insta::assert_snapshot!("moves", home.run(&["plan"]).expect(0));
    manifest(
        &home,
        [
            ("was-current", "2021-01-01T00:00:00Z"),
            ("still-upcoming", "2021-06-01T00:00:00Z"),
            ("was-upcoming", "2997-01-01T00:00:00Z"),
        ],
    );
    insta::assert_snapshot!("moves_otherwise", home.run(&["plan"]).expect(0));
    for format in ["markdown", "html"] {
        let page = home.run(&["plan", "--format", format]).expect(0).stdout;
        for state in ["2999-01-01 00:00 (upcoming)", "2021-06-01 00:00 (current)", "2021-01-01 00:00 (historical)"] {
            assert!(page.replace("T00:00:00Z", " 00:00").replace(" UTC", "").contains(state), "{state}: {page}");
        }
    }
    home.run(&["apply", "--yes"]).expect(0);
    let listed = home.run(&["list", "--upcoming"]).expect(0).stdout;
    assert_eq!(
        listed.lines().skip(1).map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["was-upcoming"]
    );
}

#[test]
fn a_release_that_became_current_is_no_drift_and_no_difference() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    manifest(
        &home,
        [
            ("was-current", "2021-02-01T10:00:00Z"),
            ("still-upcoming", "2999-01-01T00:00:00Z"),
            ("was-upcoming", "2021-03-01T00:00:00Z"),
        ],
    );
    home.run(&["drift"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}
