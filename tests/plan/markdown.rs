//! The Markdown report as a renderer sees it: whatever others wrote, nothing of it is alive, and nothing of ours breaks.

use crate::wishes::{current, desired, moment};
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;
use relsync::model::{
    AssetPath, Current, Description, Desired, EvidenceWish, Link, MissingMilestones, Moment, PathWish, Place, Release,
    TagName, Unmanaged, is_hostile,
};
use relsync::plan::{Conflict, Drift, Ignored, MilestoneDiff, Outcome, Plan, Selection, StepId, StepOutcome};
use relsync::report::{self, Base, Command, Detail, DriftRun, ProjectDrift, ProjectRun, Run};
use std::collections::BTreeSet;
use std::sync::Arc;

/// In every hostile text, and in none of ours.
const MARK: char = 'Ж';

/// What has a meaning to Markdown, to GitLab's additions to it, to HTML or to a terminal.
const NASTY: [&str; 61] = [
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "\n",
    "\n\n",
    "\r\n",
    "\n```\n",
    "\n````\n",
    "\n</details>\n",
    "\t",
    " ",
    "    ",
    "\\",
    "|",
    "\n|-|-|\n",
    "# ",
    "- ",
    "1. ",
    "> ",
    ">>>\n",
    "---\n",
    "===\n",
    "*a*",
    "_b_",
    "~~c~~",
    "**",
    "[a](http://evil.example)",
    "![x](http://evil.example/x)",
    "[a]: http://evil.example\n",
    "[a]",
    "[^1]",
    "[^1]: x\n",
    "[[_TOC_]]",
    "[[wiki]]",
    "http://evil.example",
    "<http://evil.example>",
    "<script>",
    "</code>",
    "</summary>",
    "</details>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<?",
    "&lt;",
    "@all",
    "#1",
    "!1",
    "~label",
    "%1",
    "$1$",
    "$`x`$",
    ":smile:",
    "/close",
    "\n/close\n",
    "::include{file=x}",
    "\u{202e}",
    "\u{1b}[31m",
    "\u{200b}",
];

fn nasty() -> impl Strategy<Value = String> {
    let many = prop_oneof![9 => 1..3usize, 1 => 30..120usize];
    let piece = (prop::sample::select(NASTY.to_vec()), many).prop_map(|(piece, many)| piece.repeat(many));
    let pieces = prop::collection::vec(prop_oneof![4 => piece, 1 => any::<String>()], 0..6);
    pieces.prop_map(|pieces| pieces.into_iter().fold(MARK.to_string(), |text, piece| text + &piece + &MARK.to_string()))
}

/// Puts texts out of a few before everything that others have named or written.
struct Spoiler(Vec<String>);

impl Spoiler {
    fn text(&self, text: &str) -> String {
        let sum: usize = text.bytes().map(usize::from).sum();
        format!("{}{text}", self.0[sum % self.0.len()])
    }

    fn tag(&self, tag: &TagName) -> TagName {
        TagName::from_git(self.text(tag.as_str()))
    }

    fn notes(&self, notes: &Description) -> Description {
        Description::new(&self.text(notes.as_str()))
    }

    fn titles(&self, titles: &BTreeSet<String>) -> BTreeSet<String> {
        titles.iter().map(|title| self.text(title)).collect()
    }

    fn link(&self, link: &Link) -> Link {
        let path = |path: &AssetPath| AssetPath::from_gitlab(self.text(path.as_str()));
        Link {
            name: self.text(&link.name),
            url: self.text(&link.url),
            direct_asset_path: link.direct_asset_path.as_ref().map(path),
            link_type: link.link_type,
        }
    }

    fn release(&self, release: &Release) -> Release {
        Release {
            tag_name: self.tag(&release.tag_name),
            name: self.text(&release.name),
            description: self.notes(&release.description),
            milestones: self.titles(&release.milestones),
            links: release
                .links
                .iter()
                .map(|live| relsync::model::LiveLink { id: live.id, link: self.link(&live.link) })
                .collect(),
            ..release.clone()
        }
    }

    fn current(&self, current: Current) -> Current {
        let mut project = current.project.clone();
        project.path = Some(self.text("root/app"));
        Current {
            project,
            releases: current.releases.values().map(|r| (self.tag(&r.tag_name), Arc::new(self.release(r)))).collect(),
            milestones: current.milestones.map(|milestones| {
                let spoil = |mut milestone: relsync::model::Milestone| {
                    milestone.title = self.text(&milestone.title);
                    milestone.description = self.notes(&milestone.description);
                    milestone
                };
                milestones.into_iter().map(spoil).collect()
            }),
            packages: relsync::model::Packages::default(),
            missing_tags: current.missing_tags.iter().map(|tag| self.tag(tag)).collect(),
            ..current
        }
    }

    fn desired(&self, mut desired: Desired) -> Desired {
        desired.files = vec![self.text("releases.toml")];
        let place = Some(Place { file: 0, line: 7 });
        for milestone in &mut desired.milestones {
            milestone.title = self.text(&milestone.title);
            milestone.description = milestone.description.as_ref().map(|text| self.notes(text));
            milestone.places.title = place;
        }
        for release in &mut desired.releases {
            release.places.tag_name = place;
            release.tag_name = self.tag(&release.tag_name);
            release.name = release.name.as_ref().map(|name| self.text(name));
            release.description = release.description.as_ref().map(|text| self.notes(text));
            release.milestones = release.milestones.as_ref().map(|titles| self.titles(titles));
            release.git_ref = release.git_ref.as_ref().map(|text| self.text(text));
            release.tag_message = Some(self.text("message"));
            for link in release.links.iter_mut().flatten() {
                link.name = self.text(&link.name);
                link.url = self.text(&link.url);
                if let Some(PathWish::At(path)) = &link.direct_asset_path {
                    link.direct_asset_path = Some(PathWish::At(AssetPath::from_gitlab(self.text(path.as_str()))));
                }
            }
        }
        desired
    }
}

fn now() -> Moment {
    moment(28)
}

/// A plan for hostile things, perhaps refused for all kinds of reasons, and what became of it.
fn plans() -> impl Strategy<Value = (Plan, Outcome, Vec<String>)> {
    let ends = prop::collection::vec(0..8u8, 1..40);
    let texts = prop::collection::vec(nasty(), 1..5);
    (current(), desired(), texts, 0..4u8, any::<bool>(), ends).prop_map(
        |(current, desired, texts, strict, by_job, ends)| {
            let spoiler = Spoiler(texts.clone());
            let (mut current, mut desired) = (spoiler.current(current), spoiler.desired(desired));
            if strict == 0 {
                desired.policy.milestones = MissingMilestones::Require;
                desired.policy.max_deletes = relsync::model::MaxDeletes::Count(0);
                current.milestones = current.milestones.filter(|_| !by_job);
                current.by_job_token = by_job;
                current.missing_tags.extend(desired.releases.iter().map(|release| release.tag_name.clone()));
                for release in desired.releases.iter_mut().step_by(2) {
                    release.git_ref = None;
                    release.evidence = Some(EvidenceWish::Require);
                }
            }
            let plan = Plan::new(&desired, &current, &Selection::default(), now());
            let found = |nth: usize| plan.before.get(nth).cloned();
            let end = |(nth, end)| match end {
                0 | 1 => StepOutcome::Done,
                2 => StepOutcome::Failed { error: texts[0].clone(), help: texts.get(1).cloned(), is_final: false },
                3 => StepOutcome::Conflict(Box::new(Conflict::Release { planned: found(nth), found: found(nth + 1) })),
                6 => StepOutcome::AlreadyDone,
                7 => StepOutcome::Conflict(Box::new(Conflict::Milestone {
                    planned: (nth % 2 == 0).then(MilestoneDiff::default),
                    found: current.milestones.iter().flatten().next().cloned(),
                })),
                4 => StepOutcome::Skipped { because: StepId(0) },
                _ => StepOutcome::Interrupted,
            };
            let ends = ends.into_iter().cycle().take(plan.steps.len()).enumerate().map(end).collect();
            (plan, Outcome { steps: ends }, texts)
        },
    )
}

fn page(plan: &Plan, outcome: Option<&Outcome>, unread: &[String], limit: usize) -> String {
    let project = ProjectRun { gitlab: None, plan, outcome, releases: Vec::new() };
    let command = if outcome.is_some() { Command::Apply } else { Command::Plan };
    let unread = unread.iter().map(|text| (text.clone(), text.clone())).collect();
    report::markdown(&Run { command, now: now(), projects: vec![project], unread }, Detail::Reasons, limit)
}

/// The drift of hostile things, with all three parts, and the texts that are in them.
fn drifts() -> impl Strategy<Value = (Drift, Vec<String>)> {
    let texts = || prop::collection::vec(nasty(), 1..5);
    (current(), desired(), desired(), texts(), texts()).prop_map(|(current, base, here, texts, others)| {
        // Somebody's texts are others than those of the manifests, so that things are told apart by them, too.
        let (spoiler, mut gitlab) = (Spoiler(texts.clone()), Spoiler(texts.clone()).current(current));
        for release in gitlab.releases.values_mut() {
            let release = Arc::make_mut(release);
            release.name = Spoiler(others.clone()).text(&release.name);
            release.description = Spoiler(others.clone()).notes(&release.description);
        }
        let (base, here) = (spoiler.desired(base), spoiler.desired(here));
        let drift = Drift::with_base(&base, &here, &gitlab, &Selection::default(), now(), &Ignored::default());
        (drift, texts)
    })
}

fn drift_page(drift: &Drift, texts: &[String], with_base: bool, unread: &[String], limit: usize) -> String {
    let text = texts.first().map(String::as_str).unwrap_or_default();
    let base = with_base.then_some(Base { name: text, commit: text, manifest: text, is_there: true });
    let project = ProjectDrift { gitlab: None, drift, base, releases: Vec::new() };
    let unread = unread.iter().map(|text| (text.clone(), text.clone())).collect();
    report::drift_markdown(&DriftRun { now: now(), projects: vec![project], unread }, limit)
}

/// What GitLab's renderer knows beyond `CommonMark`, and some that it may learn.
fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.inline_footnotes = true;
    extension.description_lists = true;
    extension.multiline_block_quotes = true;
    extension.alerts = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.wikilinks_title_before_pipe = true;
    extension.superscript = true;
    extension.subscript = true;
    extension.spoiler = true;
    options.parse.relaxed_autolinks = true;
    options
}

/// That nothing is in `page` but what a report is made of, and nothing of others' outside of code.
fn check(page: &str) -> Result<(), TestCaseError> {
    let arena = Arena::new();
    let mut details = 0_i32;
    for node in parse_document(&arena, page, &options()).descendants() {
        match &node.data().value {
            NodeValue::Document
            | NodeValue::Heading(_)
            | NodeValue::Paragraph
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Strong
            | NodeValue::SoftBreak
            | NodeValue::Code(_) => {}
            NodeValue::CodeBlock(block) => {
                prop_assert!(block.fenced && block.closed && block.info == "diff", "{block:?} in\n{page}");
            }
            NodeValue::Text(text) => prop_assert!(!text.contains([MARK, '@', '<']), "{text:?} in\n{page}"),
            NodeValue::HtmlBlock(block) => {
                let text = block.literal.replace("<details>\n<summary>", "").replace("</summary>\n", "");
                let mut parts = text.split("<code>");
                let mut outside = parts.next().unwrap_or_default().to_owned();
                for part in parts {
                    let (inside, after) = part.split_once("</code>").unwrap_or((part, "<"));
                    prop_assert!(!inside.contains(['<', '>', '\n']), "{inside:?} in\n{page}");
                    outside.push_str(after);
                }
                details += if block.literal.starts_with("<details>") { 1 } else { -1 };
                prop_assert!((0..=1).contains(&details));
                let is_ours = outside.trim() == "</details>" || !outside.contains(['<', '&', MARK]);
                prop_assert!(is_ours, "{outside:?} in\n{page}");
            }
            other => prop_assert!(false, "{other:?} in\n{page}"),
        }
    }
    prop_assert_eq!(details, 0);
    for line in page.lines() {
        prop_assert!(!line.starts_with(['/', ':', '>']), "{line:?}");
        let is_shown = |c: char| !is_hostile(c) || c == '\t';
        prop_assert!(line.chars().all(is_shown), "{line:?}");
    }
    Ok(())
}

/// How many deletions are shown or counted.
fn deletions(page: &str) -> usize {
    let ends = [": to be deleted</summary>", ": to be deleted"];
    let shown = page.lines().filter(|line| ends.iter().any(|end| line.ends_with(end)));
    let count =
        |part: &str| part.split(':').next()?.strip_suffix(" to delete")?.split(' ').next()?.parse::<usize>().ok();
    let missing = page.lines().filter_map(|line| line.strip_prefix("… "));
    shown.count() + missing.filter_map(|line| line.split(", ").find_map(count)).sum::<usize>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_of_others_is_alive((plan, outcome, texts) in plans(), is_applied in any::<bool>()) {
        let outcome = is_applied.then_some(&outcome);
        check(&page(&plan, outcome, &texts, 1_000_000))?;
        check(&page(&plan, outcome, &[], 1_000_000))?;
    }

    #[test]
    fn nothing_of_others_is_alive_in_drift((drift, texts) in drifts(), with_base in any::<bool>()) {
        check(&drift_page(&drift, &texts, with_base, &texts, 1_000_000))?;
        check(&drift_page(&drift, &texts, with_base, &[], 1_000_000))?;
    }

    #[test]
    fn drift_keeps_to_its_limit_and_counts_what_is_missing((drift, texts) in drifts(), limit in 4000..40_000usize) {
        let page = drift_page(&drift, &texts, true, &[], limit);
        check(&page)?;
        let fixed: usize = page.split("\n\n").take(2).map(str::len).sum();
        prop_assert!(page.len() <= limit.max(fixed + 400), "{} > {limit}", page.len());
        // A project that does not fit at all is counted, and nothing of it is.
        if fixed < 2000 && !page.contains("… 1 more project:") {
            let shown = page.lines().filter(|line| line.contains(" <code>✗</code> ") || line.contains("- `✗` ")
                || line.starts_with("<summary><code>✗</code>")).count();
            let missing = page.lines().filter_map(|line| line.strip_prefix("… ")?.split(" more conflict").next()?.parse::<usize>().ok());
            prop_assert_eq!(shown + missing.sum::<usize>(), drift.clashes.len(), "{}", page);
        }
    }

    #[test]
    fn a_page_keeps_to_its_limit_and_hides_no_deletion((plan, _, _) in plans(), limit in 4000..40_000usize) {
        let text = page(&plan, None, &[], limit);
        check(&text)?;
        let title = text.split("\n\n").next().unwrap_or_default().len();
        prop_assert!(text.len() <= limit.max(title + 200), "{} > {limit}", text.len());
        let planned = plan.steps.iter().filter(|step| matches!(step.action, relsync::plan::Action::DeleteRelease(_)));
        if title < 2000 {
            prop_assert_eq!(deletions(&text), planned.count(), "{}", text);
        }
    }
}

#[test]
fn a_huge_change_is_shortened_with_its_figure_and_deletions_stay() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut current = proptest::strategy::ValueTree::current(&current().new_tree(&mut runner).unwrap());
    current.releases.clear();
    current.missing_tags.clear();
    let mut desired = Desired::default();
    desired.policy.unmanaged = Unmanaged::Delete;
    desired.policy.max_deletes = relsync::model::MaxDeletes::Count(99);
    let lines = |word: &str| (0..5000).fold(String::new(), |text, n| format!("{text}{word} {n} {}\n", "x".repeat(300)));
    for n in 0..3000 {
        let tag_name = TagName::from_git(format!("v{n}"));
        let mut wish = relsync::model::DesiredRelease::new(tag_name.clone());
        wish.description = Some(Description::new(&if n == 7 { lines("new") } else { format!("notes of {n}") }));
        desired.releases.push(wish);
    }
    for n in 0..20 {
        let release = Release {
            tag_name: TagName::from_git(format!("old{n}")),
            name: "Old".into(),
            description: Description::default(),
            released_at: moment(1),
            created_at: moment(1),
            milestones: BTreeSet::new(),
            links: Vec::new(),
            has_evidence: false,
        };
        current.releases.insert(release.tag_name.clone(), Arc::new(release));
    }
    let plan = Plan::new(&desired, &current, &Selection::default(), now());
    let whole = page(&plan, None, &[], 1_000_000);
    assert!(whole.len() < 1_000_000 && whole.contains(" lines more\n```"), "{}", whole.len());
    let short = page(&plan, None, &[], 50_000);
    assert!(short.len() <= 50_000);
    assert_eq!(deletions(&short), 20);
    assert!(short.contains(" more releases to create or update: see the job's log"), "{}", &short[short.len() - 500..]);
    assert!(short.contains("Plan: 3000 releases to create, 20 to delete; 3020 requests."));
    check(&whole).unwrap();
    check(&short).unwrap();
}
