//! Reads each release again right before it is first written to: somebody may have changed it since the plan was made.

use super::look;
use crate::gitlab::{Client, Error};
use crate::model::{ProjectRef, Release, TagName};
use crate::plan::{Action, Conflict, Plan, Step};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What is known of the releases that a plan changes.
pub(super) struct Guards<'p> {
    releases: HashMap<&'p TagName, Guard<'p>>,
}

struct Guard<'p> {
    before: &'p Arc<Release>,
    steps: Vec<&'p Step>,
    verdict: OnceCell<Verdict>,
}

/// What to do about a release.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It is as planned, or on the way from there to the wish.
    Go,
    /// It is gone, as it was to be.
    Gone,
    /// Somebody has changed it: it is left alone.
    Moved(Conflict),
}

impl<'p> Guards<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let guard = |before: &'p Arc<Release>| {
            (&before.tag_name, Guard { before, steps: Vec::new(), verdict: OnceCell::new() })
        };
        let mut releases: HashMap<_, _> = plan.before.iter().map(guard).collect();
        for step in &plan.steps {
            if let Some(guard) = step.action.tag_name().and_then(|tag| releases.get_mut(tag)) {
                guard.steps.push(step);
            }
        }
        Self { releases }
    }

    /// Whether `action` may be carried out. Its release is read for the first of its steps, and the others wait for that.
    pub(super) async fn ask(&self, client: &Client, project: &ProjectRef, action: &Action) -> Result<Verdict, Error> {
        let Some(guard) = action.tag_name().and_then(|tag| self.releases.get(tag)) else { return Ok(Verdict::Go) };
        guard.verdict.get_or_try_init(|| guard.look(client, project)).await.cloned()
    }
}

impl Guard<'_> {
    async fn look(&self, client: &Client, project: &ProjectRef) -> Result<Verdict, Error> {
        let live = client.release(project, &self.before.tag_name).await?;
        let to_be_deleted = self.steps.iter().any(|step| matches!(step.action, Action::DeleteRelease(_)));
        Ok(match live {
            None if to_be_deleted => Verdict::Gone,
            Some(live) if look::is_on_the_way(&live, self.before, &self.steps) => Verdict::Go,
            found => Verdict::Moved(Conflict { planned: Some(Arc::clone(self.before)), found: found.map(Arc::new) }),
        })
    }
}
