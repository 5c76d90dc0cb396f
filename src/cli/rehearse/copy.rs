//! The throw-away copy: an embedded GitLab in memory, planned and applied to as the real one would be, by the same client over
//! the same HTTP.

use super::original::{Material, Origin};
use crate::apply::{self, Pace};
use crate::cli::failure::Failure;
use crate::cli::server::{Keys, Server};
use crate::cli::session::{Artifacts, Read, Session, Site};
use crate::gitlab::{Client, Error, Kind, Settings, Token, TokenKind};
use crate::plan::{Action, Outcome, Plan};
use crate::report::{Remark, Requests};
use crate::sandbox::{Options, Sandbox};
use crate::snapshot::{Asker, REHEARSER};
use crate::ui::Ui;
use secrecy::SecretString;
use std::num::NonZeroUsize;
use std::time::Duration;
use url::Url;

/// As many requests at a time as apply makes by default.
const SIDE_BY_SIDE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(31);

/// The copy, and who asks it.
pub(super) struct Replica {
    sandbox: Sandbox,
    session: Session,
    /// Where each of its projects comes from.
    origins: Vec<Origin>,
    /// Whether the snapshot does not say who asks.
    is_asker_untold: bool,
}

/// How it went for one project.
pub(super) struct Went {
    pub(super) gitlab: Option<String>,
    pub(super) plan: Plan,
    pub(super) outcome: Option<Outcome>,
    pub(super) afterwards: Option<Plan>,
    pub(super) requests: Vec<Requests>,
    pub(super) remarks: Vec<Remark>,
}

impl Replica {
    /// Fills a copy.
    pub(super) async fn open(material: Material) -> Result<Self, Failure> {
        let Material { sites: from, is_part, selection, now, seed, asker } = material;
        let options = Options {
            seed: Some(seed),
            // Nobody waits for a background job here.
            evidence_delay: Duration::ZERO,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await?;
        let url = Url::parse(&sandbox.url()).map_err(|why| Failure::BadUrl { name: "the copy", why })?;
        let client = |token| Client::new(Settings::new(url.clone(), token));
        let (token, is_asker_untold) = match &asker {
            Some(asker) => (token_of(asker), false),
            None if is_known(&client(Some(token(REHEARSER)))?).await? => (Some(token(REHEARSER)), false),
            None => (Some(token("sandbox-maintainer")), true),
        };
        let client = client(token)?;
        let (mut sites, mut origins) = (Vec::new(), Vec::new());
        for (manifest, project, origin) in from {
            sites.push(Site { client: client.clone(), gitlab: 0, manifest, project });
            origins.push(origin);
        }
        let session = Session {
            // It is asked as any server.
            server: Server::Remote(Keys::default()),
            sites,
            is_part,
            selection,
            artifacts: Artifacts::LeftAlone,
            now,
        };
        Ok(Self { sandbox, session, origins, is_asker_untold })
    }

    /// Plans, applies and plans again, project by project.
    pub(super) async fn rehearse(&self, ui: &Ui) -> Result<Vec<Went>, Failure> {
        if self.origins.iter().any(|origin| origin.project.is_none()) {
            // What is wrong with the manifests all together was not seen before.
            self.session.read_all(ui, &[], |_, _| ()).await?;
        }
        let mut all = Vec::with_capacity(self.session.sites.len());
        for (site, from) in self.session.sites.iter().zip(&self.origins) {
            all.push(self.one(ui, site, from).await?);
        }
        Ok(all)
    }

    async fn one(&self, ui: &Ui, site: &Site, from: &Origin) -> Result<Went, Failure> {
        drop(self.sandbox.take_requests());
        let plan = self.plan(site, from).await?;
        let outcome = if plan.refusals.is_empty() && !plan.is_empty() {
            let shown = [(&plan, apply::Files::none())];
            let mut progress = ui.writing(&format!("rehearsing {}", plan.project), &shown, false);
            let pace = Pace::new(SIDE_BY_SIDE);
            let tell = |event: apply::Event<'_>| progress.show(&plan, &event);
            Some(apply::run(&site.client, &plan, pace, &apply::Files::none(), std::future::pending(), tell).await)
        } else {
            None
        };
        let requests = self.sandbox.take_requests().into_iter();
        let requests = requests.map(|one| Requests { method: one.method, route: one.route, count: one.count });
        let requests = requests.collect();
        let afterwards = match &outcome {
            Some(_) => Some(self.plan(site, from).await?),
            None => None,
        };
        let remarks = self.remarks(&plan, outcome.is_some(), from);
        Ok(Went { gitlab: from.gitlab.clone(), plan: named(plan, from), outcome, afterwards, requests, remarks })
    }

    /// What the copy can't tell: of a plan that was not tried, what else there would be to try.
    fn remarks(&self, plan: &Plan, is_tried: bool, from: &Origin) -> Vec<Remark> {
        let of_origin = from.remarks.iter().cloned();
        if !is_tried {
            return of_origin.filter(|remark| plan.refusals.is_empty() && remark.is_of_files()).collect();
        }
        let collects = plan.steps.iter().any(|step| matches!(step.action, Action::CollectEvidence { .. }));
        let untold = [(self.is_asker_untold, Remark::AskerUntold), (collects, Remark::TierUntold)];
        let untold = untold.into_iter().filter_map(|(is_so, remark)| is_so.then_some(remark));
        of_origin.chain(untold).collect()
    }

    async fn plan(&self, site: &Site, from: &Origin) -> Result<Plan, Failure> {
        let Read { mut current, plan } = self.session.read(site, None).await.map_err(|failure| match failure {
            Failure::Gitlab(error) if error.kind() == Kind::NotFound => Failure::not_in_snapshot(&site.project),
            failure => failure,
        })?;
        if let Some(packages) = &from.packages {
            // Links in the copy lead to the real registry.
            current.packages = packages.clone();
            return Ok(Plan::new(&site.manifest.desired, &current, &self.session.selection, self.session.now));
        }
        Ok(plan)
    }
}

/// The plan, for the project as GitLab has it: where the copy was is nobody's business.
fn named(mut plan: Plan, from: &Origin) -> Plan {
    match &from.project {
        Some(project) => plan.project = project.clone(),
        None => plan.project.web_url = None,
    }
    plan
}

fn token(text: &str) -> Token {
    Token::new(TokenKind::Private, &SecretString::from(text))
}

fn token_of(asker: &Asker) -> Option<Token> {
    match asker {
        Asker::Nobody => None,
        Asker::Job => Some(Token::new(TokenKind::Job, &SecretString::from("sandbox-job"))),
        Asker::User { .. } => Some(token(REHEARSER)),
    }
}

/// Whether the copy takes the client's token for somebody's.
async fn is_known(client: &Client) -> Result<bool, Error> {
    match client.identity().await {
        Err(error) if error.kind() == Kind::Unauthorized => Ok(false),
        answer => answer.map(|_| true),
    }
}
