//! Milestones. A job token can call nothing of this.

use crate::gitlab::answer::Answer;
use crate::gitlab::error::Flaw;
use crate::gitlab::pages::Row;
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, Tries};
use crate::model::{
    Description, Group, GroupId, Milestone, MilestoneId, MilestonePatch, MilestoneScope, MilestoneState, NewMilestone,
    ProjectRef,
};
use jiff::civil::Date;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The keys relsync reads of a milestone.
#[derive(Deserialize)]
struct Wire {
    id: u64,
    title: String,
    description: Option<String>,
    start_date: Option<Date>,
    due_date: Option<Date>,
    state: String,
    group_id: Option<u64>,
}

impl Row for Wire {
    /// With the group that owns it: only who knows the project's own can say the scope.
    type Model = (Option<GroupId>, Milestone);
    type Key = MilestoneId;

    fn into_model(self) -> Result<Self::Model, Flaw> {
        let Self { id, title, description, start_date, due_date, state, group_id } = self;
        let state = MilestoneState::from_word(&state)
            .ok_or_else(|| Flaw::strange(format!("a milestone's state this relsync does not know: {state}")))?;
        let group = group_id.map(GroupId);
        let milestone = Milestone {
            id: MilestoneId(id),
            scope: MilestoneScope::Project,
            title,
            description: Description::new(&description.unwrap_or_default()),
            start_date,
            due_date,
            state,
        };
        Ok((group, milestone))
    }

    fn key((_, milestone): &Self::Model) -> MilestoneId {
        milestone.id
    }
}

/// A project's milestones, as GitLab lists them: which of its groups owns one is told only by a number.
#[derive(Debug)]
pub struct MilestoneList(Vec<(Option<GroupId>, Milestone)>);

impl MilestoneList {
    /// Whether all are the project's own, so that nobody has to know its group.
    #[must_use]
    pub fn are_own(&self) -> bool {
        self.0.iter().all(|(group, _)| group.is_none())
    }

    /// The milestones as they are to a project in this group.
    #[must_use]
    pub fn seen_from(self, group: Option<&Group>) -> Vec<Milestone> {
        let own = group.map(|group| group.id);
        let scope = |group: Option<GroupId>| match group {
            None => MilestoneScope::Project,
            group if group == own => MilestoneScope::Group,
            Some(_) => MilestoneScope::Ancestor,
        };
        self.0.into_iter().map(|(group, milestone)| Milestone { scope: scope(group), ..milestone }).collect()
    }
}

impl Client {
    /// A project's milestones: its own, those of the group it lives in, and those of groups further up.
    ///
    /// # Errors
    /// Any; a job token gets [`Kind::Unauthorized`](crate::gitlab::Kind::Unauthorized) or [`Kind::NotFound`](crate::gitlab::Kind::NotFound).
    pub async fn milestones(&self, project: &ProjectRef) -> Result<MilestoneList, Error> {
        let request = Request::get(&["projects", &segment(project), "milestones"]);
        self.list::<Wire>(&request.query("include_ancestors", true)).await.map(MilestoneList)
    }

    /// The project's own milestone of this title, if there is one.
    ///
    /// # Errors
    /// Any.
    pub async fn milestone(&self, project: &ProjectRef, title: &str) -> Result<Option<Milestone>, Error> {
        let request = Request::get(&["projects", &segment(project), "milestones"]).query("title", title);
        let found = self.list::<Wire>(&request).await?;
        Ok(found.into_iter().map(|(_, milestone)| milestone).find(|milestone| milestone.title == title))
    }

    /// The project's own milestone of this id, if it is still there.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`](crate::gitlab::Kind::NotFound) about the milestone itself.
    pub async fn milestone_by_id(&self, project: &ProjectRef, id: MilestoneId) -> Result<Option<Milestone>, Error> {
        match self.transport.send(&one(Method::GET, project, id)).await {
            Ok(answer) => read(&answer).map(Some),
            Err(error) if error.says_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a project milestone.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::gitlab::Kind::Invalid) if there is one with its title.
    pub async fn create_milestone(
        &self,
        project: &ProjectRef,
        new: &NewMilestone,
        tries: &mut Tries,
    ) -> Result<Milestone, Error> {
        let NewMilestone { title, description, start_date, due_date } = new;
        let mut body = fields(description.as_ref(), *start_date, *due_date);
        body.insert("title".into(), title.as_str().into());
        let request = Request::new(Method::POST, &["projects", &segment(project), "milestones"]);
        read(&self.transport.send_within(&request.json(body.into()), tries).await?)
    }

    /// Changes a project milestone.
    ///
    /// # Errors
    /// Any.
    pub async fn update_milestone(
        &self,
        project: &ProjectRef,
        id: MilestoneId,
        patch: &MilestonePatch,
        tries: &mut Tries,
    ) -> Result<Milestone, Error> {
        let MilestonePatch { description, start_date, due_date, state } = patch;
        let mut body = fields(description.as_ref(), *start_date, *due_date);
        if let Some(state) = state {
            let event = match state {
                MilestoneState::Active => "activate",
                MilestoneState::Closed => "close",
            };
            body.insert("state_event".into(), event.into());
        }
        let request = one(Method::PUT, project, id).json(body.into());
        read(&self.transport.send_within(&request, tries).await?)
    }
}

fn one(method: Method, project: &ProjectRef, id: MilestoneId) -> Request {
    Request::new(method, &["projects", &segment(project), "milestones", &id.0.to_string()])
}

/// What a create and an update have in common; what is `None` is left out.
fn fields(description: Option<&Description>, start: Option<Date>, due: Option<Date>) -> Map<String, Value> {
    let description = description.map(|d| ("description", d.as_str().to_owned()));
    let dates = [("start_date", start), ("due_date", due)].map(|(key, date)| date.map(|d| (key, d.to_string())));
    description.into_iter().chain(dates.into_iter().flatten()).map(|(k, v)| (k.to_owned(), v.into())).collect()
}

fn read(answer: &Answer<'_>) -> Result<Milestone, Error> {
    let (_, milestone) = answer.json::<Wire>()?.into_model().map_err(|flaw| answer.flaw(&flaw))?;
    Ok(milestone)
}
