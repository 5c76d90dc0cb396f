//! Runs to report on.

use super::{drift_html, html};
use crate::model::{
    Current, Description, Desired, DesiredLink, DesiredMilestone, DesiredRelease, LinkId, LinkPlaces, LinkType,
    LiveLink, MilestonePlaces, MilestoneState, MissingMilestones, Moment, Project, ProjectRef, Release, TagName,
    Unmanaged,
};
use crate::plan::{Conflict, Drift, Ignored, Outcome, Plan, Selection, StepId, StepOutcome, Timing};
use crate::report::drift::{Base, DriftRun, ProjectDrift};
use crate::report::run::{Command, Listed, ProjectRun, Run};
use proptest::prelude::*;
use std::cmp::Reverse;
use std::sync::Arc;

pub(super) fn at(text: &str) -> Moment {
    Moment::new(text.parse().unwrap())
}

fn now() -> Moment {
    at("2026-06-15T12:00:00Z")
}

/// Texts that try to get out of their place.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<img src=x onerror=alert(1)>",
        "\"",
        "'",
        "`",
        "```\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "|",
        "\n|-|\n",
        "[",
        "](",
        ")",
        "![",
        "javascript:alert(1)",
        "https://example.com/\"onclick=x",
        "<svg onload=x>",
        "</bdi></h4></summary>",
        "</style>",
        "</title>",
        "&lt;",
        "&#60;script&#62;",
        "&quot;",
        "\u{202e}",
        "\u{200b}",
        "\u{1b}[31m",
        "\0",
        "\r",
        "\t",
        " ",
        "a",
        "é",
        "🎉",
        "<a href=",
        "{{ x }}",
        "#",
        "*",
        "**",
        "~~",
        "[x]: data:text/html,x\n",
        "<",
        ">",
        "&",
        "<b>",
        "</b>",
        "<div\n",
        "\\",
        "    ",
    ]);
    prop_oneof![3 => prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

/// What a run was made from.
pub(super) struct Sample {
    runs: Vec<(Plan, Option<Outcome>, Vec<Listed>)>,
    unread: Vec<(String, String)>,
}

fn release(tag: &str, date: &str) -> Release {
    Release {
        tag_name: TagName::from_git(tag),
        name: format!("App {tag}"),
        description: Description::new(&format!("# {tag}\n\n- a fix\n- [docs](https://example.com/{tag})")),
        released_at: at(date),
        created_at: at("2024-05-01T09:00:00Z"),
        milestones: ["v1"].map(str::to_owned).into(),
        links: vec![LiveLink { id: LinkId(1), link: link("linux", tag).to_new() }],
        has_evidence: false,
    }
}

fn link(name: &str, tag: &str) -> DesiredLink {
    DesiredLink {
        name: name.to_owned(),
        url: format!("https://dl.example.com/{tag}/{name}.tar.gz"),
        direct_asset_path: None,
        link_type: Some(LinkType::Package),
        places: LinkPlaces::default(),
    }
}

/// The entry that says what `release` has.
fn entry(release: &Release) -> DesiredRelease {
    DesiredRelease {
        name: Some(release.name.clone()),
        description: Some(release.description.clone()),
        released_at: Some(release.released_at),
        git_ref: Some("main".to_owned()),
        ..DesiredRelease::new(release.tag_name.clone())
    }
}

fn current(releases: Vec<Release>) -> Current {
    Current {
        project: Project {
            path: Some("group/app".to_owned()),
            web_url: Some("https://gitlab.example.com/group/app".to_owned()),
            ..Project::unread(ProjectRef::Path("group/app".to_owned()))
        },
        releases: releases.into_iter().map(|one| (one.tag_name.clone(), Arc::new(one))).collect(),
        milestones: Some(Vec::new()),
        by_job_token: false,
        packages: crate::model::Packages::default(),
        missing_tags: ["v2.0", "v2.1"].map(TagName::from_git).into(),
        protected_tags: [].into(),
    }
}

impl Sample {
    fn new(desired: &Desired, current: &Current) -> Self {
        let plan = Plan::new(desired, current, &Selection::default(), now());
        let mut listed: Vec<Listed> = current
            .releases
            .values()
            .map(|release| Listed {
                tag_name: release.tag_name.clone(),
                name: release.name.clone(),
                released_at: release.released_at,
                timing: Timing::of(release.released_at, release.created_at, now()),
                is_managed: desired.releases.iter().any(|entry| entry.tag_name == release.tag_name),
            })
            .collect();
        listed.sort_by_key(|release| Reverse(release.released_at));
        Self { runs: vec![(plan, None, listed)], unread: Vec::new() }
    }

    pub(super) fn every_kind() -> Self {
        let (desired, current) = Self::wish_of_every_kind();
        Self::new(&desired, &current)
    }

    fn wish_of_every_kind() -> (Desired, Current) {
        let dates = [
            ("v0.8", "2022-03-01T10:00:00Z"),
            ("v0.9", "2023-01-15T10:00:00Z"),
            ("v1.0", "2024-06-01T10:00:00Z"),
            ("v1.1", "2025-01-10T10:00:00Z"),
            ("v1.2", "2025-09-30T10:00:00Z"),
            ("nightly", "2026-02-02T10:00:00Z"),
            ("v1.3", "2026-07-01T10:00:00Z"),
            ("v1.4", "2026-12-01T10:00:00Z"),
        ];
        let current = current(dates.map(|(tag, date)| release(tag, date)).into());
        let mut entries: Vec<_> = current.releases.values().map(|release| entry(release)).collect();
        entries.retain(|entry| !["nightly", "v0.9"].contains(&entry.tag_name.as_str()));
        for entry in &mut entries {
            match entry.tag_name.as_str() {
                "v0.8" => entry.released_at = Some(at("2022-04-01T10:00:00Z")),
                "v1.0" => {
                    entry.description = Some(Description::new(
                        "# v1.0\n\n- a fix\n- another **fix**, with `code < html`\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
                    ));
                    entry.links = Some(vec![link("linux-amd64", "v1.0"), link("darwin", "v1.0")]);
                }
                "v1.1" => entry.name = Some("App 1.1".to_owned()),
                "v1.3" => entry.released_at = Some(at("2026-08-01T10:00:00Z")),
                _ => {}
            }
        }
        entries.push(DesiredRelease {
            description: Some(Description::new("# Two\n\nAll of it is new:\n\n```\nmake\n```\n\n<b>not bold</b>")),
            git_ref: Some("main".to_owned()),
            milestones: Some(["v2"].map(str::to_owned).into()),
            links: Some(vec![link("linux-amd64", "v2.0")]),
            ..DesiredRelease::new(TagName::from_git("v2.0"))
        });
        entries.push(DesiredRelease {
            released_at: Some(at("2026-09-01T00:00:00Z")),
            git_ref: Some("main".to_owned()),
            ..DesiredRelease::new(TagName::from_git("v2.1"))
        });
        let mut desired = Desired { releases: entries, files: vec!["releases.toml".to_owned()], ..Desired::default() };
        desired.policy.unmanaged = Unmanaged::Delete;
        desired.policy.milestones = MissingMilestones::Create;
        desired.policy.protect = crate::model::TagPatterns::new(&["nightly".to_owned()]).ok();
        desired.milestones = vec![DesiredMilestone {
            title: "v2".to_owned(),
            description: Some(Description::new("What *two* is about.")),
            start_date: Some(jiff::civil::date(2026, 1, 1)),
            due_date: Some(jiff::civil::date(2026, 6, 1)),
            state: Some(MilestoneState::Closed),
            places: MilestonePlaces::default(),
        }];
        (desired, current)
    }

    /// So many releases, all as wished.
    pub(super) fn as_wished(count: usize) -> Self {
        let current = current(many(count));
        let releases = current.releases.values().map(|release| entry(release)).collect();
        Self::new(&Desired { releases, ..Desired::default() }, &current)
    }

    /// So many releases whose names, notes and links change.
    pub(super) fn many(count: usize) -> Self {
        let current = current(many(count));
        let changed = |(n, release): (usize, &Arc<Release>)| DesiredRelease {
            name: Some(format!("App {n}")),
            description: Some(Description::new(&"- another line of **notes**, with `code`\n".repeat(20))),
            links: Some(vec![link("linux-amd64", release.tag_name.as_str()), link("darwin", "v1")]),
            ..entry(release)
        };
        let releases = current.releases.values().enumerate().map(changed).collect();
        Self::new(&Desired { releases, ..Desired::default() }, &current)
    }

    /// Releases whose notes change from the one to the other.
    pub(super) fn of_notes(notes: &[(&str, &str)]) -> Self {
        let releases: Vec<_> = notes
            .iter()
            .enumerate()
            .map(|(n, (before, _))| Release {
                description: Description::new(before),
                ..release(&format!("v{n:03}"), "2025-01-01T00:00:00Z")
            })
            .collect();
        let entries = releases.iter().zip(notes).map(|(release, (_, after))| DesiredRelease {
            description: Some(Description::new(after)),
            ..entry(release)
        });
        Self::new(&Desired { releases: entries.collect(), ..Desired::default() }, &current(releases))
    }

    /// Releases and milestones that are called, and say, any of `texts` wherever they say anything.
    pub(super) fn of_texts(texts: &[String]) -> Self {
        let (desired, current) = Self::wish_of_texts(texts);
        let mut sample = Self::new(&desired, &current);
        sample.unread.push((texts[2 % texts.len()].clone(), texts[3 % texts.len()].clone()));
        sample
    }

    fn wish_of_texts(texts: &[String]) -> (Desired, Current) {
        let text = |n: usize| texts[n % texts.len()].clone();
        let odd = |tag: &str, n: usize| {
            let mut odd = release(&format!("{tag}{}", text(n)), "2025-01-01T00:00:00Z");
            odd.name = text(n + 1);
            odd.description = Description::new(&text(n + 2));
            odd.milestones = [text(n + 3)].into();
            odd.links[0].link.name = text(n + 4);
            odd.links[0].link.url = format!("https://example.com/{}", text(n + 5));
            odd
        };
        let mut current = current(vec![odd("a", 0), odd("b", 1), odd("c", 2), odd("d", 3)]);
        current.project.path = Some(text(0));
        current.project.web_url = Some(text(1));
        let mut entries: Vec<_> = current.releases.values().take(3).map(|release| entry(release)).collect();
        entries[0].description = Some(Description::new(&text(5)));
        entries[0].links = Some(vec![link(&text(6), &text(7))]);
        entries[1].name = Some(text(4));
        entries[1].milestones = Some([text(1)].into());
        entries.push(DesiredRelease {
            name: Some(text(0)),
            description: Some(Description::new(&text(1))),
            tag_message: Some(text(2)),
            milestones: Some([text(3)].into()),
            links: Some(vec![link(&text(4), &text(5))]),
            git_ref: Some(text(6)),
            ..DesiredRelease::new(TagName::from_git(format!("e{}", text(7))))
        });
        let mut desired = Desired { releases: entries, files: vec![text(0)], ..Desired::default() };
        desired.policy.unmanaged = Unmanaged::Delete;
        desired.milestones = vec![DesiredMilestone {
            title: text(3),
            description: Some(Description::new(&text(2))),
            start_date: None,
            due_date: None,
            state: Some(MilestoneState::Closed),
            places: MilestonePlaces::default(),
        }];
        (desired, current)
    }

    /// Carried out, with every kind of end.
    pub(super) fn applied(mut self) -> Self {
        for (plan, outcome, _) in &mut self.runs {
            let end = |n: usize| match n % 7 {
                1 => StepOutcome::Failed {
                    error: "403 Forbidden: insufficient permission".to_owned(),
                    help: Some("ask a maintainer".to_owned()),
                    is_final: false,
                },
                2 => StepOutcome::Skipped { because: StepId(1) },
                4 => StepOutcome::Conflict(Box::new(Conflict::Release {
                    planned: plan.before.first().cloned(),
                    found: plan.before.last().cloned(),
                })),
                6 => StepOutcome::Interrupted,
                _ => StepOutcome::Done,
            };
            *outcome = Some(Outcome { steps: (0..plan.steps.len()).map(end).collect() });
        }
        self
    }

    /// With another project, whose plan is refused.
    pub(super) fn refused(mut self) -> Self {
        let current = current(many(9));
        let mut desired =
            Desired { releases: vec![entry(&release("v9", "2026-01-01T00:00:00Z"))], ..Desired::default() };
        desired.policy.unmanaged = Unmanaged::Delete;
        desired.releases[0].git_ref = None;
        self.runs.extend(Self::new(&desired, &current).runs);
        self
    }

    /// With another project, that can't be read.
    pub(super) fn unread(mut self) -> Self {
        let why = "project not found on https://gitlab.example.com\nhelp: is the token allowed to see it?";
        self.unread.push(("group/gone".to_owned(), why.to_owned()));
        self
    }

    pub(super) fn html(&self, command: Command) -> String {
        let mut projects = Vec::new();
        for (plan, outcome, releases) in &self.runs {
            let (gitlab, releases) = (Some("https://gitlab.example.com".to_owned()), releases.clone());
            projects.push(ProjectRun { gitlab, plan, outcome: outcome.as_ref(), releases });
        }
        html(&Run { command, now: now(), projects, unread: self.unread.clone() })
    }
}

/// A report on drift from what `base` says, with `here` as what a change makes of it.
fn drift(
    base: Option<&Desired>,
    here: &Desired,
    current: &Current,
    names: &str,
    unread: &[(String, String)],
) -> String {
    let (all, ignored) = (Selection::default(), Ignored::default());
    let drift = match base {
        Some(base) => Drift::with_base(base, here, current, &all, now(), &ignored),
        None => Drift::new(here, current, &all, now(), &ignored),
    };
    let project = ProjectDrift {
        gitlab: Some("https://gitlab.example.com".to_owned()),
        drift: &drift,
        base: base.map(|_| Base { name: names, commit: names, manifest: names, is_there: true }),
        releases: Listed::all(base.into_iter().chain([here]), current, now()),
    };
    drift_html(&DriftRun { now: now(), projects: vec![project], unread: unread.to_vec() })
}

/// What is there is not as the manifest says, in every way.
pub(super) fn drift_of_every_kind() -> String {
    let (desired, current) = Sample::wish_of_every_kind();
    drift(None, &desired, &current, "", &[])
}

/// And a change that touches the same, and more.
pub(super) fn drift_with_a_change() -> String {
    let (base, current) = Sample::wish_of_every_kind();
    let mut here = base.clone();
    here.releases.retain(|entry| entry.tag_name.as_str() != "v1.1");
    here.milestones[0].due_date = Some(jiff::civil::date(2026, 7, 1));
    for entry in &mut here.releases {
        match entry.tag_name.as_str() {
            "v1.0" => entry.description = Some(Description::new("# v1.0\n\n- another change of the same")),
            "v0.8" => entry.released_at = Some(at("2022-05-01T10:00:00Z")),
            "v1.2" => entry.links = Some(vec![link("linux-amd64", "v1.2")]),
            _ => {}
        }
    }
    drift(Some(&base), &here, &current, "main", &[])
}

/// Drift, a change and conflicts of things that are called, and say, any of `texts`.
pub(super) fn drift_of_texts(texts: &[String]) -> String {
    let (base, current) = Sample::wish_of_texts(texts);
    let mut here = base.clone();
    for (n, entry) in here.releases.iter_mut().enumerate() {
        entry.name = Some(texts[(n + 5) % texts.len()].clone());
        entry.description = Some(Description::new(&texts[(n + 6) % texts.len()]));
    }
    drift(Some(&base), &here, &current, &texts[0], &[(texts[1 % texts.len()].clone(), texts[0].clone())])
}

fn many(count: usize) -> Vec<Release> {
    let start = at("2019-01-01T00:00:00Z").second();
    (0..count)
        .map(|n| {
            let step = (now().second() - start) / i64::try_from(count).unwrap();
            let second = start + step * i64::try_from(n).unwrap();
            let date = jiff::Timestamp::from_second(second).unwrap();
            release(&format!("v{}.{}.{}", n / 100, n / 10 % 10, n % 10), &date.to_string())
        })
        .collect()
}
