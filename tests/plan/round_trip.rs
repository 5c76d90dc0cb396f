//! A manifest that says what GitLab has changes nothing: whatever is in there, written down as TOML and read again.

use crate::wishes::{current, exactly, moment};
use proptest::prelude::*;
use relsync::manifest;
use relsync::model::{Current, Description, Desired, Link, LiveLink, PathWish, Release, TagName};
use relsync::plan::{Plan, Selection};
use std::path::Path;
use std::sync::Arc;
use toml::{Table, Value};

/// Text as people leave it in GitLab.
fn mess() -> impl Strategy<Value = String> {
    let pieces = vec![
        "a",
        "B",
        "é",
        "e\u{301}",
        "\r\n",
        "\n",
        "\r",
        "\t",
        " ",
        "\u{feff}",
        "\u{202e}",
        "🎉",
        "\"",
        "'",
        "\\",
        "\"\"\"",
        "'''",
        "#",
        "[x]",
        "{version}",
        "{{",
        "/merge",
        "<b>",
        "\u{1b}[31m",
        "\u{7f}",
        ",",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..12).prop_map(|pieces| pieces.concat())
}

/// The same, with something to be seen in it.
fn name() -> impl Strategy<Value = String> {
    mess().prop_map(|text| format!("n{text}"))
}

fn url() -> impl Strategy<Value = String> {
    let pieces = vec!["/", "/a", "%2f", "%2F", "%C3%a9", "é", "?q=%aa", "#x", "/A"];
    let port = prop::sample::select(vec!["", ":443", ":80"]);
    (port, prop::collection::vec(prop::sample::select(pieces), 0..5))
        .prop_map(|(port, pieces)| format!("HTTPS://Example.com{port}/{}", pieces.concat()))
}

/// A GitLab of which everything that is text is a mess.
pub(crate) fn messy() -> impl Strategy<Value = Current> {
    let texts =
        (prop::collection::vec(name(), 40), prop::collection::vec(mess(), 10), prop::collection::vec(url(), 30));
    (current(), texts, prop::bool::ANY).prop_map(|(mut current, (names, notes, urls), nfd)| {
        let (mut names, mut notes, mut urls) =
            (names.into_iter().cycle(), notes.into_iter().cycle(), urls.into_iter().cycle());
        if nfd {
            // Both are there at once: to git, they are two tags.
            let twin = current.releases.values().next().cloned();
            for tag in ["caf\u{e9}", "cafe\u{301}"].map(TagName::from_git) {
                current.releases.extend(
                    twin.as_deref().cloned().map(|twin| (tag.clone(), Arc::new(Release { tag_name: tag, ..twin }))),
                );
            }
        }
        for (nth, release) in current.releases.values_mut().map(Arc::make_mut).enumerate() {
            release.name = if nth == 0 { release.tag_name.to_string() } else { names.next().unwrap() };
            release.description = Description::new(&notes.next().unwrap());
            for (nth, LiveLink { link, .. }) in release.links.iter_mut().enumerate() {
                link.name = format!("{}{nth}", names.next().unwrap());
                link.url = format!("{}{nth}", urls.next().unwrap());
            }
        }
        current
    })
}

/// The manifest that an import would write.
fn written(desired: &Desired) -> String {
    let mut document = Table::from_iter([("version".to_owned(), Value::Integer(1))]);
    document.insert("project".into(), Value::Table(Table::from_iter([("id".to_owned(), Value::Integer(24))])));
    let policy = [("unmanaged".to_owned(), Value::from("delete"))];
    document.insert("policy".into(), Value::Table(policy.into_iter().collect()));
    let milestones = desired.milestones.iter().map(|milestone| {
        let mut table = Table::new();
        table.insert("title".into(), milestone.title.as_str().into());
        table.extend(milestone.description.iter().map(|d| ("description".into(), d.as_str().into())));
        let date = |date: jiff::civil::Date| Value::Datetime(date.to_string().parse().unwrap());
        table.extend(milestone.start_date.map(|day| ("start_date".into(), date(day))));
        table.extend(milestone.due_date.map(|day| ("due_date".into(), date(day))));
        table.extend(milestone.state.map(|state| ("state".into(), state.as_str().into())));
        Value::Table(table)
    });
    document.insert("milestones".into(), milestones.collect::<Vec<_>>().into());
    let releases = desired.releases.iter().map(|release| {
        let mut table = Table::new();
        table.insert("tag_name".into(), release.tag_name.as_str().into());
        table.extend(release.name.iter().map(|name| ("name".into(), name.as_str().into())));
        table.extend(release.description.iter().map(|d| ("description".into(), d.as_str().into())));
        let at = release.released_at.map(|at| Value::Datetime(at.to_string().parse().unwrap()));
        table.extend(at.map(|at| ("released_at".into(), at)));
        let titles = release.milestones.iter().map(|titles| titles.iter().cloned().collect::<Vec<String>>());
        table.extend(titles.map(|titles| ("milestones".into(), titles.into())));
        let links = release.links.iter().flatten().map(|link| {
            let Link { name, url, link_type, .. } = link.to_new();
            let path = match &link.direct_asset_path {
                Some(PathWish::At(path)) => path.as_str(),
                Some(PathWish::None) | None => "",
            };
            let keys = [
                ("name", name),
                ("url", url),
                ("link_type", link_type.to_string()),
                ("direct_asset_path", path.into()),
            ];
            Value::Table(keys.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect())
        });
        table.insert("links".into(), links.collect::<Vec<_>>().into());
        Value::Table(table)
    });
    document.insert("releases".into(), releases.collect::<Vec<_>>().into());
    document.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_down_changes_nothing(current in messy()) {
        let text = written(&exactly(&current));
        let read = manifest::parse(Path::new("releases.toml"), &text);
        let manifest = read.map_err(|error| TestCaseError::fail(format!("{:?}\n{text}", error.problems())))?;
        let plan = Plan::new(&manifest.desired, &current, &Selection::default(), moment(28));
        prop_assert_eq!((plan.steps, plan.refusals), (vec![], vec![]), "{}", text);
    }
}
