//! Carries out one step, and finds out what became of it where the answer does not tell.
//!
//! What makes something is never sent a second time without a look: after an answer that was lost, and after GitLab says
//! that it is there already. If it is as wished, all is well; if it is absent, it is tried again; if it is another, somebody
//! else was faster, and it is left alone.

use super::guard::{Guards, Verdict};
use super::look;
use crate::gitlab::{Client, Error, Kind};
use crate::model::{Link, MilestoneId, NewMilestone, NewRelease, NewTag, ProjectRef, TagName};
use crate::plan::{Action, Conflict, MilestonesBy, StepOutcome, WithoutEvidence};
use miette::Diagnostic;
use std::sync::Arc;
use std::time::Duration;

/// Milliseconds to wait before each look for evidence. A job that takes longer than all of them is left to itself.
const EVIDENCE_WAITS: [u64; 6] = [100, 200, 400, 800, 1600, 3200];

/// How else than well a step ended.
pub(super) enum Ended {
    Failed(Error),
    Conflict(Conflict),
    NotOffered,
    /// A milestone that it names has no id: nothing was sent, rather than something else than was planned.
    NoMilestone,
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Ended> for StepOutcome {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Failed(error) if error.kind() == Kind::Stopped => Self::Interrupted,
            Ended::Failed(error) => {
                Self::Failed { error: error.to_string(), help: error.help().map(|help| help.to_string()) }
            }
            Ended::Conflict(conflict) => Self::Conflict(Box::new(conflict)),
            Ended::NotOffered => Self::NotOffered,
            Ended::NoMilestone => Self::Failed { error: "a milestone has no id yet".to_owned(), help: None },
        }
    }
}

/// Where steps are carried out.
pub(super) struct Site<'p> {
    pub(super) client: &'p Client,
    pub(super) project: &'p ProjectRef,
    pub(super) guards: Guards<'p>,
}

impl Site<'_> {
    /// Carries out `action`; `milestones` are the ids it names. Answers the id of a milestone that was made.
    pub(super) async fn perform(
        &self,
        action: &Action,
        milestones: Option<&[MilestoneId]>,
    ) -> Result<Option<MilestoneId>, Ended> {
        let Self { client, project, guards } = self;
        let milestones = milestones.ok_or(Ended::NoMilestone)?;
        match guards.ask(client, project, action).await? {
            Verdict::Go => {}
            Verdict::Gone => return Ok(None),
            Verdict::Moved(conflict) => return Err(Ended::Conflict(conflict)),
        }
        let by_id = |by: &MilestonesBy| matches!(by, MilestonesBy::Id(_)).then_some(milestones);
        match action {
            Action::CreateMilestone(new) => return self.create_milestone(new).await.map(Some),
            Action::CreateTag(new) => self.create_tag(new).await?,
            Action::CreateRelease { release, milestones: by, .. } => self.create_release(release, by_id(by)).await?,
            Action::UpdateRelease { tag_name, diff, milestones: by } => {
                client.update_release(project, tag_name, &diff.to_patch(), by_id(by)).await.map(drop)?;
            }
            Action::DeleteLink { tag_name, id, .. } => {
                let deleted = client.delete_link(project, tag_name, *id).await;
                self.gone(deleted, tag_name, |live| live.is_none_or(|live| !look::has_link(live, *id))).await?;
            }
            Action::UpdateLink { tag_name, id, after, .. } => {
                client.update_link(project, tag_name, *id, after).await.map(drop)?;
            }
            Action::CreateLink { tag_name, link } => self.create_link(tag_name, link).await?,
            Action::UpdateMilestone { diff, .. } => {
                let [id] = milestones else { return Err(Ended::NoMilestone) };
                client.update_milestone(project, *id, &diff.to_patch()).await.map(drop)?;
            }
            Action::CollectEvidence { tag_name, else_is } => {
                self.collect_evidence(tag_name, *else_is == WithoutEvidence::Failure).await?;
            }
            Action::DeleteRelease(release) => {
                let deleted = client.delete_release(project, &release.tag_name).await;
                self.gone(deleted, &release.tag_name, |live| live.is_none()).await?;
            }
        }
        Ok(None)
    }

    async fn create_release(&self, new: &NewRelease, milestones: Option<&[MilestoneId]>) -> Result<(), Ended> {
        let mut tries = self.client.tries();
        loop {
            let error = match self.client.create_release(self.project, new, milestones).await {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == Kind::Conflict || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            match self.client.release(self.project, &new.tag_name).await? {
                Some(live) if look::is_made(&live, new) => return Ok(()),
                Some(live) => return Err(Ended::Conflict(Conflict { planned: None, found: Some(Arc::new(live)) })),
                None => self.again(&mut tries, error).await?,
            }
        }
    }

    async fn create_link(&self, tag: &TagName, link: &Link) -> Result<(), Ended> {
        let mut tries = self.client.tries();
        loop {
            let error = match self.client.create_link(self.project, tag, link).await {
                Ok(_) => return Ok(()),
                // GitLab's words for what is there already are those for any clash.
                Err(error) if error.kind() == Kind::Invalid || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            let live = self.client.release(self.project, tag).await?;
            if live.is_some_and(|live| look::has(&live, link)) {
                return Ok(());
            }
            self.again(&mut tries, error).await?;
        }
    }

    async fn create_tag(&self, new: &NewTag) -> Result<(), Ended> {
        let mut tries = self.client.tries();
        loop {
            let error = match self.client.create_tag(self.project, new).await {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == Kind::Invalid || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            if self.client.tag(self.project, &new.name).await?.is_some() {
                return Ok(());
            }
            self.again(&mut tries, error).await?;
        }
    }

    async fn create_milestone(&self, new: &NewMilestone) -> Result<MilestoneId, Ended> {
        let mut tries = self.client.tries();
        loop {
            let error = match self.client.create_milestone(self.project, new).await {
                Ok(made) => return Ok(made.id),
                Err(error) if error.kind() == Kind::Invalid || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            if let Some(found) = self.client.milestone(self.project, &new.title).await? {
                return Ok(found.id);
            }
            self.again(&mut tries, error).await?;
        }
    }

    /// Has evidence collected, and waits a while for it to be there: a background job of GitLab's does it, and who asked
    /// again before it is done would have it collected twice.
    async fn collect_evidence(&self, tag: &TagName, required: bool) -> Result<(), Ended> {
        let mut tries = self.client.tries();
        loop {
            // Another run, or a request whose answer was lost, may have seen to it.
            if self.has_evidence(tag).await? {
                return Ok(());
            }
            let error = match self.client.collect_evidence(self.project, tag).await {
                Ok(()) => {
                    // It will be collected, whether or not it can be looked at just now.
                    self.evidence_appears(tag).await.unwrap_or(true);
                    return Ok(());
                }
                // GitLab Free has no such route; or there is no such release any more.
                Err(error) if error.kind() == Kind::NotFound && !required => {
                    return match self.client.release(self.project, tag).await? {
                        Some(_) => Err(Ended::NotOffered),
                        None => Err(error.into()),
                    };
                }
                Err(error) if error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            if self.evidence_appears(tag).await? {
                return Ok(());
            }
            self.again(&mut tries, error).await?;
        }
    }

    /// Looks for evidence for as long as it may take to be collected.
    async fn evidence_appears(&self, tag: &TagName) -> Result<bool, Error> {
        for wait in EVIDENCE_WAITS {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            if self.has_evidence(tag).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn has_evidence(&self, tag: &TagName) -> Result<bool, Error> {
        let live = self.client.release(self.project, tag).await?;
        Ok(live.is_some_and(|live| live.has_evidence))
    }

    /// A removal that GitLab refuses as there is nothing to remove, or about which its answer was lost, has worked.
    async fn gone(
        &self,
        deleted: Result<(), Error>,
        tag: &TagName,
        is_gone: impl Fn(Option<&crate::model::Release>) -> bool,
    ) -> Result<(), Ended> {
        let Err(error) = deleted else { return Ok(()) };
        let may_be_gone = matches!(error.kind(), Kind::NotFound | Kind::Forbidden) || error.is_in_doubt();
        if may_be_gone && is_gone(self.client.release(self.project, tag).await?.as_ref()) {
            return Ok(());
        }
        Err(error.into())
    }

    /// Waits before a thing that is absent is made again, if what went wrong is likely to pass.
    async fn again(&self, tries: &mut crate::gitlab::Tries, error: Error) -> Result<(), Ended> {
        let may_pass = match error.kind() {
            Kind::Timeout | Kind::Interrupted => true,
            Kind::Server => matches!(error.status(), Some(502..=504)),
            _ => false,
        };
        if may_pass { Ok(self.client.wait(tries, error).await?) } else { Err(error.into()) }
    }
}
