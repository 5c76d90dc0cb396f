//! A release's links: what was, and what is to be.

use super::markdown::address;
use crate::model::{Link, LinkId};
use crate::plan::Action;
use crate::report::values::short;

/// A link, before and after. What passes between is no business of a reader's.
#[derive(Debug)]
pub(super) struct LinkChange {
    id: Option<LinkId>,
    pub(super) before: Option<Shown>,
    pub(super) after: Option<Shown>,
}

/// A link as it is shown.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) url: String,
    /// Where a click leads, if anywhere.
    pub(super) href: Option<String>,
    pub(super) path: Option<String>,
    pub(super) kind: &'static str,
}

impl Shown {
    pub(super) fn new(link: &Link) -> Self {
        let Link { name, url, direct_asset_path, link_type } = link;
        Self {
            name: short(name),
            url: short(url),
            href: address(url),
            path: direct_asset_path.as_ref().map(|path| short(path.as_str())),
            kind: link_type.as_str(),
        }
    }
}

impl LinkChange {
    pub(super) fn added(link: &Link) -> Self {
        Self { id: None, before: None, after: Some(Shown::new(link)) }
    }

    pub(super) fn removed(link: &Link) -> Self {
        Self { id: None, before: Some(Shown::new(link)), after: None }
    }

    /// For styles and people.
    pub(super) fn word(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "add",
            (Some(_), None) => "remove",
            (Some(_), Some(_)) => "change",
        }
    }

    /// Adds what `action` does, if it is about a link. Steps of one link come to one change.
    pub(super) fn add(changes: &mut Vec<Self>, action: &Action) {
        match action {
            Action::CreateLink { link, .. } => changes.push(Self::added(link)),
            Action::DeleteLink { id, link, .. } => match known(changes, *id) {
                Some(change) => change.after = None,
                None => changes.push(Self { id: Some(*id), ..Self::removed(link) }),
            },
            Action::UpdateLink { id, before, after, .. } => match known(changes, *id) {
                Some(change) => change.after = Some(Shown::new(after)),
                None => changes.push(Self {
                    id: Some(*id),
                    before: Some(Shown::new(before)),
                    after: Some(Shown::new(after)),
                }),
            },
            Action::CreateMilestone(_)
            | Action::CreateTag(_)
            | Action::UploadFile(_)
            | Action::DeleteFile(_)
            | Action::CreateRelease { .. }
            | Action::UpdateRelease { .. }
            | Action::UpdateMilestone { .. }
            | Action::CollectEvidence { .. }
            | Action::DeleteRelease(_) => {}
        }
    }
}

fn known(changes: &mut [LinkChange], id: LinkId) -> Option<&mut LinkChange> {
    changes.iter_mut().find(|change| change.id == Some(id))
}
