//! `plan --note`: the plan as a note on a merge request, which the next plan finds and rewrites.
//!
//! The plan is what the run is for: nothing that goes wrong with the note is an error, or changes the exit code.

mod body;
mod keep;
mod place;

pub(super) use body::Told;
pub(super) use place::{NoteKey, Target};

use super::args::PlanArgs;
use super::clients;
use super::failure::Failure;
use super::server::Server;
use super::session::Session;
use crate::gitlab::{self, Client, MergeRequest, Settings, TokenKind};
use crate::model::{ProjectRef, harmless};
use crate::ui::Ui;
use keep::Kept;
use miette::Diagnostic;
use thiserror::Error;

/// Why the note does not say what it should.
#[derive(Debug, Error, Diagnostic)]
#[diagnostic(severity(Warning))]
enum Trouble {
    #[error("no note was written: {0}")]
    #[diagnostic(help(
        "set RELSYNC_TOKEN to a project access token of the project that the merge request is in, with the scope `api` and \
         the role Reporter; as a CI/CD variable masked, and not protected, as merge request pipelines see no protected ones"
    ))]
    Token(&'static str),

    #[error("the merge request is not on {0}, so there is no note on it")]
    #[diagnostic(help(
        "the job's own GitLab is meant by CI_MERGE_REQUEST_IID; name another merge request with --note=group/app!7"
    ))]
    Elsewhere(String),

    #[error("--note={0} names no project")]
    #[diagnostic(help("name it as --note=group/app!{0}"))]
    NoProject(u64),

    #[error("the note on merge request {merge_request} is not up to date: {error}")]
    #[diagnostic(help("{help}"))]
    Gitlab { merge_request: String, error: gitlab::Error, help: String },

    #[error("there is no note of this plan: {0}")]
    Settings(Failure),
}

/// Writes what is `told` on the merge request, if that was asked for, and says what became of it. Without `session` there
/// is no plan at all.
pub(super) async fn keep(ui: &Ui, args: &PlanArgs, session: Option<&Session>, told: impl FnOnce() -> Told) {
    let Some(target) = &args.note else { return };
    let told = told();
    let done = match session {
        Some(session) => {
            let project = if let [site] = session.sites.as_slice() { Some(&site.project) } else { None };
            write(ui, args, target, &session.server, project, told).await
        }
        None => match Server::open(&args.server).await {
            Ok(server) => write(ui, args, target, &server, None, told).await,
            Err(failure) => Err(Trouble::Settings(failure)),
        },
    };
    match done {
        Ok(text) => ui.note(&text),
        // It is why there is no plan, and will be said.
        Err(Trouble::Settings(_)) if session.is_none() => ui.note("No note was written."),
        Err(trouble) => ui.error(&trouble),
    }
}

/// Answers what to say of it.
async fn write(
    ui: &Ui,
    args: &PlanArgs,
    target: &Target,
    server: &Server,
    project: Option<&ProjectRef>,
    told: Told,
) -> Result<String, Trouble> {
    let settings = server.settings(&args.server, None).map_err(Trouble::Settings)?;
    let Some(merge_request) = place::find(target, server, &settings.url, project)? else {
        return Ok("No note: this is no merge request's pipeline (CI_MERGE_REQUEST_IID is not set).".to_owned());
    };
    match settings.token.as_ref().map(gitlab::Token::kind) {
        None => return Err(Trouble::Token("there is no token")),
        Some(TokenKind::Job) => return Err(Trouble::Token("a CI job token may not")),
        Some(TokenKind::Private | TokenKind::OAuth) => {}
    }
    let key = args.note_key.clone().unwrap_or_else(|| NoteKey::of(args.manifest.given()));
    // Each shard has a part of the plan, and a note of its own.
    let key = args.shard.chosen().map_or_else(|| key.clone(), |chosen| key.of_shard(chosen.shard));
    let shown = harmless(&merge_request.to_string()).into_owned();
    let kept = {
        let _progress = ui.reading(&format!("writing the note on merge request {shown}"), || (0, 0));
        let client = Client::new(Settings { observer: Some(clients::observer(ui)), ..settings });
        match client {
            Ok(client) => keep::keep(&client, &merge_request, &key, &told).await,
            Err(error) => Err(error),
        }
    };
    match kept {
        Ok(Kept::Written) => Ok(format!("Wrote the note on merge request {shown}.")),
        Ok(Kept::Same) => Ok(format!("The note on merge request {shown} says so already.")),
        Ok(Kept::None) => Ok(format!("No note on merge request {shown}: there is nothing to do.")),
        Err(error) => Err(Trouble::gitlab(&merge_request, error)),
    }
}

impl Trouble {
    fn gitlab(merge_request: &MergeRequest, error: gitlab::Error) -> Self {
        let usual = || "the plan above is whole all the same; run it again for the note".to_owned();
        let help = error.help().map_or_else(usual, |help| help.to_string());
        Self::Gitlab { merge_request: harmless(&merge_request.to_string()).into_owned(), error, help }
    }
}
