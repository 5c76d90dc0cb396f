//! Gives each release what `[defaults]` says and the release doesn't.
//!
//! What is given looks as if the release had written it, but for its place: so every later rule holds for it, and a
//! plan tells where it comes from. A default that doesn't fit is told once, for the first release it fails on.

use crate::manifest::finding::{Finding, Findings};
use crate::manifest::raw::{RawDefaultLink, RawDefaults, RawLink, RawManifest, RawRelease};
use crate::manifest::raw_file::RawDefaultFile;
use crate::manifest::source::{Located, Span};
use crate::manifest::values::{Subject, Template, Templated, Wrong};
use crate::manifest::visible::Quoted;
use crate::model::TagName;
use std::collections::{HashMap, HashSet};

/// How many links may be given in all: a small manifest must not come to more than a machine can hold.
const MOST_LINKS: usize = 5_000_000;

/// What is known of all manifests of a fleet together.
pub(super) struct Given {
    /// How many links may still be given.
    links_left: usize,
    /// The places of defaults that have failed on a release.
    failed: HashSet<Span>,
}

impl Default for Given {
    fn default() -> Self {
        Self { links_left: MOST_LINKS, failed: HashSet::new() }
    }
}

/// Fills all releases in.
pub(super) fn fill(manifest: &mut RawManifest, given: &mut Given, findings: &mut Findings) {
    let Some(defaults) = &manifest.defaults else { return };
    let releases = manifest.releases.as_ref().map_or(0, Vec::len);
    if let Some([first, ..]) = defaults.links.as_deref() {
        let count = defaults.links.as_ref().map_or(0, Vec::len);
        let Some(left) = given.links_left.checked_sub(count.saturating_mul(releases)) else {
            let finding = Finding::new(format!("{count} links for each of {releases} releases are too many"));
            let help = format!("at most {MOST_LINKS} are taken in all");
            findings.push(finding.at(first.header, "the first of them").help(help));
            return;
        };
        given.links_left = left;
    }
    let mut filler = Filler { defaults, failed: &mut given.failed, findings };
    for release in manifest.releases.iter_mut().flatten() {
        // An entry without its tag has been noted, and goes nowhere.
        if let Some(tag) = release.tag_name.clone() {
            filler.release(release, &tag);
        }
    }
}

struct Filler<'f> {
    defaults: &'f RawDefaults,
    /// The places of defaults that have failed on a release.
    failed: &'f mut HashSet<Span>,
    findings: &'f mut Findings,
}

/// Whom to fill in.
#[derive(Clone, Copy)]
struct Target<'t> {
    tag: &'t Located<TagName>,
    subject: Subject<'t>,
}

impl Filler<'_> {
    fn release(&mut self, release: &mut RawRelease, tag: &Located<TagName>) {
        let RawDefaults {
            name,
            description_file,
            changelog,
            git_ref,
            tag_message,
            milestones,
            evidence,
            protect,
            links,
            checksums,
            files,
        } = self.defaults;
        let target = Target { tag, subject: Subject::new(&tag.value) };
        self.give(&mut release.name, "name", name.as_ref(), target);
        self.give(&mut release.git_ref, "ref", git_ref.as_ref(), target);
        self.give(&mut release.tag_message, "tag_message", tag_message.as_ref(), target);
        if !release.says_notes {
            self.give(&mut release.description_file, "description_file", description_file.as_ref(), target);
            // That there are both is wrong already.
            let changelog = changelog.as_ref().filter(|_| description_file.is_none());
            self.give(&mut release.changelog, "changelog", changelog, target);
        }
        if let (None, Some(milestones)) = (&release.milestones, milestones) {
            let titles = milestones.value.iter();
            let titles = titles.filter_map(|title| self.filled("milestones", title, target)).collect();
            release.milestones = Some(Located { value: titles, span: milestones.span });
        }
        if release.evidence.is_none() {
            release.evidence.clone_from(evidence);
        }
        if release.protect.is_none() {
            release.protect.clone_from(protect);
        }
        if release.checksums.is_none() {
            release.checksums.clone_from(checksums);
        }
        if let (None, Some(files)) = (&release.files, files) {
            release.files_at = files.first().map(|RawDefaultFile(file)| file.header);
            release.files = Some(files.iter().map(|RawDefaultFile(file)| file.clone()).collect());
        }
        if let Some(links) = links {
            release.links_at = release.links_at.or_else(|| links.first().map(|link| link.header));
            self.links(&mut release.links, links, target);
        }
    }

    /// The defaults' links in their order, each with what the release's own of that name says; then its others.
    fn links(&mut self, links: &mut Option<Vec<RawLink>>, defaults: &[RawDefaultLink], target: Target<'_>) {
        if links.as_ref().is_some_and(Vec::is_empty) {
            return;
        }
        let mut own: Vec<Option<RawLink>> = links.take().into_iter().flatten().map(Some).collect();
        let mut by_name = by_name(&own);
        let mut merged = Vec::with_capacity(defaults.len() + own.len());
        for default in defaults {
            let Some(name) = default.name.as_ref().and_then(|name| self.filled("name", name, target)) else { continue };
            let same = by_name.get_mut(&name.value.0).and_then(Vec::pop).and_then(|at| own[at].take());
            let mut link = same.unwrap_or_else(|| RawLink::new(default.header, name));
            if !link.says_url {
                link.says_url = default.says_url;
                self.give(&mut link.url, "url", default.url.as_ref(), target);
            }
            self.give(&mut link.direct_asset_path, "direct_asset_path", default.direct_asset_path.as_ref(), target);
            if link.link_type.is_none() {
                link.link_type.clone_from(&default.link_type);
            }
            merged.push(link);
        }
        merged.extend(own.into_iter().flatten());
        *links = Some(merged);
    }

    fn give<T: Templated>(
        &mut self,
        own: &mut Option<Located<T>>,
        key: &str,
        default: Option<&Located<Template<T>>>,
        target: Target<'_>,
    ) {
        if let (None, Some(default)) = (&own, default) {
            *own = self.filled(key, default, target);
        }
    }

    fn filled<T: Templated>(
        &mut self,
        key: &str,
        default: &Located<Template<T>>,
        target: Target<'_>,
    ) -> Option<Located<T>> {
        match default.value.fill(key, target.subject) {
            Ok(value) => Some(Located { value, span: default.span }),
            Err((wrong, text)) => {
                if self.failed.insert(default.span) {
                    self.findings.push(misfit(wrong, &text, default.span, target.tag));
                }
                None
            }
        }
    }
}

/// Which links have which name, the first of each last.
fn by_name(links: &[Option<RawLink>]) -> HashMap<String, Vec<usize>> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, link) in links.iter().enumerate().rev() {
        if let Some(name) = link.as_ref().and_then(|link| link.name.as_ref()) {
            by_name.entry(name.value.0.clone()).or_default().push(at);
        }
    }
    by_name
}

/// What to say of a default that comes to `text`, which is `wrong`.
fn misfit(wrong: Wrong, text: &str, place: Span, tag: &Located<TagName>) -> Finding {
    let (message, label, help) = match wrong {
        Wrong::Value { message, label, help } => (message, label, help),
        // A string never is; but if it were:
        Wrong::Type(help) => ("wrong type".to_owned(), "not a string".to_owned(), help),
    };
    let finding = Finding::new(format!("{message}, as the default makes it"));
    let finding = finding.at(tag.span, "for this tag").at(place, format!("becomes {}: {label}", Quoted(text)));
    Finding { help, ..finding }
}
