//! Carries out one step, and finds out what became of it where the answer does not tell.
//!
//! What makes something is never sent a second time without a look: after an answer that was lost, and after GitLab says
//! that it is there already. If it is as wished, all is well; if it is absent, it is tried again; if it is another, somebody
//! else was faster, and it is left alone.

use super::ended::{Done, Ended, is_stale, taken};
use super::files::{self, Files, Other, Shelf, Standing};
use super::guard::{Guards, Verdict};
use super::linked::Linked;
use super::look;
use crate::gitlab::{self, Client, Error, Kind, Tries};
use crate::model::{
    FileSource, Link, MilestoneId, NewMilestone, NewRelease, NewTag, PackagePlace, ProjectRef, StoredFile, TagName,
};
use crate::plan::{Action, Conflict, MilestonesBy, Removal, StepId, Upload, WithoutEvidence};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How often a step looks anew as a rate limit did not let it write in time, until that is taken for hopeless.
const MOST_LOOKS: usize = 5;

/// How often a step looks in vain, with nothing sent before that was too old to act on, until that is taken for hopeless.
const MOST_IDLE_LOOKS: usize = 20;

/// Milliseconds to wait before each look for evidence. A job that takes longer than all of them is left to itself.
const EVIDENCE_WAITS: [u64; 6] = [100, 200, 400, 800, 1600, 3200];

/// How it ended to wait for something to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// With a yes, or after long enough with a no.
    Over(bool),
    /// The run is to stop.
    Stopped,
}

/// Where steps are carried out.
pub(super) struct Site<'p> {
    pub(super) client: &'p Client,
    pub(super) project: &'p ProjectRef,
    pub(super) guards: Guards<'p>,
    pub(super) files: &'p Files,
    pub(super) shelf: Shelf<'p>,
    pub(super) linked: Linked<'p>,
    /// Held by the one step that looks and writes, of those that a rate limit did not let write in time after they had
    /// looked: where little is let through, all of it could else go to looks.
    pub(super) turn: Mutex<()>,
    /// Whether GitLab has turned out to offer no evidence: then it is not asked about every release.
    pub(super) offers_no_evidence: AtomicBool,
}

impl Site<'_> {
    /// Carries out the step `id`, which is `action`; `milestones` are the ids it names.
    pub(super) async fn perform(
        &self,
        id: StepId,
        action: &Action,
        milestones: Option<&[MilestoneId]>,
    ) -> Result<Done, Ended> {
        let milestones = milestones.ok_or(Ended::NoMilestone)?;
        if matches!(action, Action::CollectEvidence { else_is, .. } if *else_is != WithoutEvidence::Failure)
            && self.offers_no_evidence.load(Ordering::Relaxed)
        {
            return Err(Ended::NotOffered);
        }
        // Once, and before the look: by the end of the wait what was seen before would be too old to act on.
        if let Action::CollectEvidence { tag_name, is_new: true, .. } = action
            && self.comes_by_itself(tag_name).await?
        {
            return Ok(Done::by_us());
        }
        let mut tries = self.client.tries();
        let (mut turn, mut looks, mut idle) = (None, 0, 0);
        let done = loop {
            let sent = tries.sent();
            let done = self.look_and_act(id, action, milestones, &mut tries).await;
            if !is_stale(&done) || looks == MOST_LOOKS || idle == MOST_IDLE_LOOKS {
                break done;
            }
            // What was sent and failed has used up some of the time that there is for tries.
            idle += usize::from(tries.sent() == sent);
            if tries.was_held_up() {
                looks += 1;
                if turn.is_none() {
                    turn = Some(self.turn.lock().await);
                }
            }
        };
        done.map_err(|ended| match (ended, tries.in_doubt()) {
            // That it may have been carried out is what matters, not why it could not be tried or looked for again.
            (Ended::Failed(error), Some(in_doubt)) if !error.settles_a_write() => Ended::Failed(in_doubt.clone()),
            (ended, _) => ended,
        })
    }

    async fn look_and_act(
        &self,
        id: StepId,
        action: &Action,
        milestones: &[MilestoneId],
        tries: &mut Tries,
    ) -> Result<Done, Ended> {
        let (verdict, good_until) = self.guards.ask(self.client, self.project, action).await?;
        match verdict {
            Verdict::Go(Some(live)) if look::is_done(&live, action) => {
                return Ok(Done::found(tries));
            }
            Verdict::Go(_) => {}
            Verdict::Gone => return Ok(Done::found(tries)),
            Verdict::Moved(conflict) => return Err(conflict.into()),
        }
        let mut good_until = good_until;
        let mut sure_until = |until: Instant| good_until = Some(good_until.map_or(until, |then| then.min(until)));
        if let Action::UploadFile(upload) = action {
            let (there, until) = self.shelf.newest(self.client, self.project, &upload.place).await?;
            if is_there(upload, there)? {
                return Ok(Done::found(tries));
            }
            sure_until(until);
        }
        if let Some((tag, except)) = leads_to_files(action) {
            let (broken, until) = self.shelf.broken(self.client, self.project, tag, except).await?;
            if let Some((place, found)) = broken {
                return Err(Ended::OtherFile { file_name: place.file_name.clone(), found });
            }
            until.map(&mut sure_until);
        }
        if let Action::DeleteFile(removal) = action {
            if let Some(linked_by) = self.linked.by(self.client, self.project, removal).await? {
                return Err(Conflict::File { linked_by }.into());
            }
            let (standing, until) = self.shelf.standing(self.client, self.project, removal).await?;
            match standing {
                Standing::There => sure_until(until),
                Standing::Gone => return Ok(Done::found(tries)),
                Standing::Another => return Err(Ended::AnothersNumber),
            }
        }
        if let Some(then) = good_until {
            tries.good_until(then);
        }
        self.act(id, action, milestones, tries).await
    }

    async fn act(
        &self,
        id: StepId,
        action: &Action,
        milestones: &[MilestoneId],
        tries: &mut Tries,
    ) -> Result<Done, Ended> {
        let Self { client, project, .. } = self;
        let by_id = |by: &MilestonesBy| matches!(by, MilestonesBy::Id(_)).then_some(milestones);
        match action {
            Action::CreateMilestone(new) => self.create_milestone(new, tries).await,
            Action::CreateTag(new) => self.create_tag(new, tries).await,
            Action::UploadFile(upload) => {
                let done = self.upload(id, upload, tries).await;
                self.files.over(id);
                if done.is_ok() {
                    self.shelf.sent(&upload.place, upload.sha256).await;
                }
                done
            }
            Action::CreateRelease { release, milestones: by, .. } => {
                self.create_release(release, by_id(by), tries).await
            }
            Action::UpdateRelease { tag_name, diff, milestones: by } => {
                let live = client.update_release(project, tag_name, &diff.to_patch(), by_id(by), tries).await?;
                taken(look::unchanged(&live, diff))
            }
            Action::DeleteLink { tag_name, id, .. } => {
                let deleted = client.delete_link(project, tag_name, *id, tries).await;
                let is_gone = async || Ok(client.link(project, tag_name, *id).await?.is_none());
                gone(deleted, tries, is_gone).await
            }
            Action::UpdateLink { tag_name, id, after, .. } => {
                client.update_link(project, tag_name, *id, after, tries).await?;
                Ok(Done::by_us())
            }
            Action::CreateLink { tag_name, link } => self.create_link(tag_name, link, tries).await,
            Action::UpdateMilestone { diff, .. } => {
                let [id] = milestones else { return Err(Ended::NoMilestone) };
                client.update_milestone(project, *id, &diff.to_patch(), tries).await?;
                Ok(Done::by_us())
            }
            Action::CollectEvidence { tag_name, else_is, is_new: _ } => {
                self.collect_evidence(tag_name, *else_is == WithoutEvidence::Failure, tries).await
            }
            Action::DeleteRelease(release) => {
                let deleted = client.delete_release(project, &release.tag_name, tries).await;
                let is_gone = async || Ok(client.release(project, &release.tag_name).await?.is_none());
                gone(deleted, tries, is_gone).await
            }
            Action::DeleteFile(removal) => self.delete_file(removal, tries).await,
        }
    }

    async fn upload(&self, id: StepId, upload: &Upload, tries: &mut Tries) -> Result<Done, Ended> {
        let Self { client, project, files, .. } = self;
        let Upload { place, source, size, sha256, before: _, tag_name: _, is_new: _ } = upload;
        let (opener, source, files, size) = (files.opener.clone(), source.clone(), (*files).clone(), *size);
        let body = gitlab::Upload {
            open: Arc::new(move || match &source {
                FileSource::Disk(below) => opener(below),
                FileSource::Text(text) => Ok(Box::new(io::Cursor::new(text.clone()))),
            }),
            size,
            sha256: *sha256,
            sent: Arc::new(move |sent| files.sent(id, sent, size)),
        };
        loop {
            let error = match client.upload(project, place, body.clone(), tries).await {
                Ok(()) => return Ok(Done::by_us()),
                // Where duplicates are forbidden, a file that arrived is one, too.
                Err(error) if error.kind() == Kind::Invalid || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            if is_there(upload, files::look(client, project, place).await?)? {
                return Ok(Done::found(tries));
            }
            // GitLab's own stumbling, as when uploads meet that both make the package, passes here, too.
            if error.status() == Some(500) {
                client.wait(tries, error).await?;
            } else {
                self.again(tries, error).await?;
            }
        }
    }

    async fn delete_file(&self, removal: &Removal, tries: &mut Tries) -> Result<Done, Ended> {
        let deleted = self.client.delete_package_file(self.project, removal.package, removal.file, tries).await;
        match deleted {
            Ok(()) => Ok(Done::by_us()),
            Err(error) if error.kind() == Kind::NotFound => Ok(Done::found(tries)),
            Err(error) if error.is_in_doubt() => {
                let there = self.client.package_files(self.project, &[&removal.place.of]).await?;
                if there.iter().any(|(_, file)| file.id == removal.file) {
                    return Err(error.into());
                }
                Ok(Done::found(tries))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn create_release(
        &self,
        new: &NewRelease,
        milestones: Option<&[MilestoneId]>,
        tries: &mut Tries,
    ) -> Result<Done, Ended> {
        loop {
            let error = match self.client.create_release(self.project, new, milestones, tries).await {
                Ok(live) => {
                    return look::untaken(&live, new)
                        .map_or_else(|| Ok(Done::by_us()), |key| Err(Ended::NotTaken(key)));
                }
                Err(error) if error.kind() == Kind::Conflict || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            match self.client.release(self.project, &new.tag_name).await? {
                Some(live) if look::is_made(&live, new) => return Ok(Done::found(tries)),
                Some(live) => {
                    let found = Some(Arc::new(live));
                    return Err(Conflict::Release { planned: None, found }.into());
                }
                None => self.again(tries, error).await?,
            }
        }
    }

    async fn create_link(&self, tag: &TagName, link: &Link, tries: &mut Tries) -> Result<Done, Ended> {
        loop {
            let error = match self.client.create_link(self.project, tag, link, tries).await {
                Ok(_) => return Ok(Done::by_us()),
                // GitLab's words for what is there already are those for any clash.
                Err(error) if error.kind() == Kind::Invalid || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            // Without the release's notes, which may be long.
            let live = self.client.links(self.project, tag).await?;
            if live.iter().any(|live| live.link == *link) {
                return Ok(Done::found(tries));
            }
            self.again(tries, error).await?;
        }
    }

    /// Any tag of this name will do, whoever made it: where there is one, a plan would not ask for another.
    async fn create_tag(&self, new: &NewTag, tries: &mut Tries) -> Result<Done, Ended> {
        loop {
            let error = match self.client.create_tag(self.project, new, tries).await {
                Ok(_) => return Ok(Done::by_us()),
                Err(error) if error.kind() == Kind::Invalid || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            if self.client.tag(self.project, &new.name).await?.is_some() {
                return Ok(Done::found(tries));
            }
            self.again(tries, error).await?;
        }
    }

    async fn create_milestone(&self, new: &NewMilestone, tries: &mut Tries) -> Result<Done, Ended> {
        loop {
            let error = match self.client.create_milestone(self.project, new, tries).await {
                Ok(made) => return Ok(Done { milestone: Some(made.id), already: false }),
                Err(error) if error.kind() == Kind::Invalid || error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            match self.client.milestone(self.project, &new.title).await? {
                Some(found) if look::is_milestone_made(&found, new) => {
                    return Ok(Done { milestone: Some(found.id), ..Done::found(tries) });
                }
                Some(found) => return Err(Conflict::Milestone { planned: None, found: Some(found) }.into()),
                None => self.again(tries, error).await?,
            }
        }
    }

    /// Has evidence collected, and waits a while for it to be there: a background job of GitLab's does it, and who asked
    /// again before it is done would have it collected twice.
    async fn collect_evidence(&self, tag: &TagName, required: bool, tries: &mut Tries) -> Result<Done, Ended> {
        loop {
            // Another run, or a request whose answer was lost, may have seen to it.
            if self.has_evidence(tag).await? {
                return Ok(Done::found(tries));
            }
            let error = match self.client.collect_evidence(self.project, tag, tries).await {
                Ok(()) => {
                    // It will be collected, whether or not it can be looked at just now.
                    let _ = self.evidence_appears(tag).await;
                    return Ok(Done::by_us());
                }
                // GitLab Free has no such route; or there is no such release any more.
                Err(error) if error.kind() == Kind::NotFound => {
                    let is_there = self.client.release(self.project, tag).await?.is_some();
                    self.offers_no_evidence.fetch_or(is_there, Ordering::Relaxed);
                    return Err(if is_there && !required { Ended::NotOffered } else { error.into() });
                }
                Err(error) if error.is_in_doubt() => error,
                Err(error) => return Err(error.into()),
            };
            if self.evidence_appears(tag).await? == Wait::Over(true) {
                return Ok(Done::by_us());
            }
            self.again(tries, error).await?;
        }
    }

    /// Whether a new release has evidence without being asked for. A GitLab that turned out to offer none is not waited for.
    async fn comes_by_itself(&self, tag: &TagName) -> Result<bool, Ended> {
        if self.offers_no_evidence.load(Ordering::Relaxed) {
            return Ok(false);
        }
        match self.evidence_appears(tag).await? {
            Wait::Over(appeared) => Ok(appeared),
            Wait::Stopped => Err(Ended::Stopped),
        }
    }

    /// Looks for evidence for as long as it may take to be collected, or as the client has patience.
    async fn evidence_appears(&self, tag: &TagName) -> Result<Wait, Error> {
        let mut patience = self.client.patience();
        for wait in EVIDENCE_WAITS.map(Duration::from_millis) {
            let Some(left) = patience.checked_sub(wait) else { break };
            patience = left;
            if !self.client.rest(wait).await {
                return Ok(Wait::Stopped);
            }
            if self.has_evidence(tag).await? {
                return Ok(Wait::Over(true));
            }
        }
        Ok(Wait::Over(false))
    }

    async fn has_evidence(&self, tag: &TagName) -> Result<bool, Error> {
        let live = self.client.release(self.project, tag).await?;
        Ok(live.is_some_and(|live| live.has_evidence))
    }

    /// Waits before a thing that is absent is made again, if what went wrong is likely to pass.
    async fn again(&self, tries: &mut Tries, error: Error) -> Result<(), Ended> {
        if error.may_pass() { Ok(self.client.wait(tries, error).await?) } else { Err(error.into()) }
    }
}

/// The release that people find files by once `action` is done, all but the file that is `action`'s own.
fn leads_to_files(action: &Action) -> Option<(&TagName, Option<&PackagePlace>)> {
    match action {
        Action::UploadFile(upload) if upload.is_list() => Some((&upload.tag_name, Some(&upload.place))),
        Action::CreateRelease { .. }
        | Action::CreateLink { .. }
        | Action::UpdateLink { .. }
        | Action::DeleteLink { .. } => action.tag_name().map(|tag| (tag, None)),
        _ => None,
    }
}

/// Whether the file is `there` already. If it is neither that one nor the one that is to be replaced, it is somebody else's.
fn is_there(upload: &Upload, there: Option<StoredFile>) -> Result<bool, Ended> {
    match there {
        Some(there) if there.sha256 == Some(upload.sha256) => Ok(true),
        Some(there) if upload.before != Some((there.size, there.sha256)) => {
            let file_name = upload.place.file_name.clone();
            Err(Ended::OtherFile { file_name, found: Other::File(there.sha256) })
        }
        _ => Ok(false),
    }
}

/// A removal that GitLab refuses as there is nothing to remove, or about which its answer was lost, has worked.
async fn gone(
    deleted: Result<(), Error>,
    tries: &Tries,
    is_gone: impl AsyncFn() -> Result<bool, Error>,
) -> Result<Done, Ended> {
    let Err(error) = deleted else { return Ok(Done::by_us()) };
    let may_be_gone = matches!(error.kind(), Kind::NotFound | Kind::Forbidden) || error.is_in_doubt();
    if may_be_gone && is_gone().await? { Ok(Done::found(tries)) } else { Err(error.into()) }
}
