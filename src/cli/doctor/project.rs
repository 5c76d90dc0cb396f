//! A project: is it there, and what does the one who asks count for in it.

use super::Visit;
use super::page::{Finding, Page, Verdict};
use crate::cli::failure::Failure;
use crate::cli::server::{Found, Server};
use crate::gitlab::{Identity, Kind, Role, Standing, Tier, TokenKind, Told};
use crate::manifest::Manifest;
use crate::model::{ProjectRef, Unmanaged};

/// The project that `manifest` is about, and who says so.
pub(super) fn named(server: &Server, manifest: Option<&Manifest>, visit: &Visit<'_>) -> Option<Found<ProjectRef>> {
    let of_manifest = manifest.and_then(|manifest| manifest.project.clone());
    let of_manifest = of_manifest.map(|value| Found { value, from: "the manifest".to_owned() });
    of_manifest.or_else(|| server.project_of_job(visit.client.url()))
}

/// Asks for the project and says what apply could do there.
pub(super) async fn look(
    server: &Server,
    visit: &Visit<'_>,
    project: &Found<ProjectRef>,
    manifest: Option<&Manifest>,
    identity: Option<&Identity>,
    page: &mut Page,
) -> Option<(Told, Option<Tier>)> {
    let Found { value: project, from } = project;
    let mut heard = visit.client.standing(project).await;
    if let Some(there) = heard.as_ref().err().and_then(|error| error.moved(project)) {
        page.add(moved(project, &there, from));
        heard = visit.client.standing(&there).await;
    }
    let heard = match heard {
        Ok(heard) => heard,
        Err(error) if error.kind() == Kind::NotFound && server.is_embedded() => {
            page.add(Finding::failed("project", &Failure::not_in_sandbox(project)));
            return None;
        }
        // Of a job token, this is the first that can tell.
        Err(error) if error.kind() == Kind::Unauthorized => {
            page.add(Finding::failed("token", &error));
            return None;
        }
        Err(error) => {
            page.add(Finding::failed("project", &error).after(&format!("{project}, from {from}")));
            return None;
        }
    };
    let standing = heard.value;
    page.add(found(&standing, from));
    page.add(role(&standing, visit.client.token_kind(), identity, manifest));
    Some((heard.told, standing.tier))
}

fn moved(project: &ProjectRef, there: &ProjectRef, from: &str) -> Finding {
    let finding =
        Finding::new(Verdict::Doubt, "project", format!("{project}, from {from}, has moved, and is {there} now"));
    finding.advice("write its new path, or its id")
}

fn found(standing: &Standing, from: &str) -> Finding {
    let name = match (&standing.path, standing.id) {
        (Some(path), Some(id)) => format!("{path}, id {id}, from {from}"),
        (Some(path), None) => format!("{path}, from {from}"),
        (None, Some(id)) => format!("project {id}, from {from}"),
        (None, None) => format!("from {from}"),
    };
    if standing.is_archived {
        let finding = Finding::new(Verdict::Bad, "project", format!("{name}: archived, so nothing can be changed"));
        finding.advice("unarchive it under Settings > General > Advanced")
    } else if standing.has_no_releases {
        let finding = Finding::new(Verdict::Bad, "project", format!("{name}: releases are turned off"));
        finding.advice("turn them on under Settings > General > Visibility, project features, permissions")
    } else {
        Finding::new(Verdict::Good, "project", name)
    }
}

/// What the one who asks may do.
fn role(
    standing: &Standing,
    token: Option<TokenKind>,
    identity: Option<&Identity>,
    manifest: Option<&Manifest>,
) -> Finding {
    let finding = |verdict, text: &str| Finding::new(verdict, "role", text);
    match (token, standing.role) {
        (None, _) => finding(Verdict::Note, "none without a token: what is public can be read"),
        (Some(TokenKind::Job), _) => of_job(manifest),
        _ if identity.is_some_and(|identity| identity.is_admin) => {
            finding(Verdict::Good, "administrator: may do everything")
        }
        (Some(_), None) => {
            finding(Verdict::Doubt, "none as a member: perhaps one by an invited group, which is not told")
                .advice("apply needs Developer, and Maintainer to delete releases: see Manage > Members")
        }
        (Some(_), Some(role)) => of_member(role, manifest),
    }
}

fn of_job(manifest: Option<&Manifest>) -> Finding {
    if manifest.is_some_and(|manifest| !manifest.desired.milestones.is_empty()) {
        let text = "that of the job's user, but a job token can't write the milestones that the manifest declares";
        let finding = Finding::new(Verdict::Bad, "role", text);
        return finding
            .advice("put a project access token with the scope api into RELSYNC_TOKEN, or declare no milestones");
    }
    let text = "that of the user who started the job, which a job token is not told; releases can be read";
    Finding::new(Verdict::Note, "role", text)
}

fn of_member(role: Role, manifest: Option<&Manifest>) -> Finding {
    let name = role.as_str();
    let deletes = manifest.is_some_and(|manifest| manifest.desired.policy.unmanaged == Unmanaged::Delete);
    if role >= Role::Maintainer {
        let text = format!("{name}: may create, change and delete releases, and write milestones");
        Finding::new(Verdict::Good, "role", text)
    } else if role == Role::Developer {
        let text = format!("{name}: may create and change releases and write milestones, not delete releases");
        if deletes {
            let finding = Finding::new(Verdict::Doubt, "role", text);
            finding.advice("the manifest has unmanaged = \"delete\", and GitLab wants Maintainer for that")
        } else {
            Finding::new(Verdict::Good, "role", text)
        }
    } else {
        let may = match role {
            Role::Reporter => "may read releases and write milestones",
            _ => "sees of a private project's releases only a part",
        };
        let finding = Finding::new(Verdict::Bad, "role", format!("{name}: {may}"));
        finding.advice("apply needs Developer, and Maintainer to delete releases: see Manage > Members")
    }
}

/// What was paid for, as far as `manifest` has to do with it.
pub(super) fn tier(tier: Option<Tier>, manifests: &[Option<&Manifest>]) -> Finding {
    let mut releases = manifests.iter().flatten().flat_map(|manifest| &manifest.desired.releases);
    let wants_evidence = releases.any(|release| release.evidence.is_some());
    let finding = |verdict, text: &str| Finding::new(verdict, "tier", text);
    match tier {
        Some(Tier::Paid) => finding(Verdict::Good, "Premium or Ultimate"),
        Some(Tier::Free) if wants_evidence => finding(Verdict::Doubt, "Free: it does not collect evidence on request")
            .advice("`evidence = true` does without, `evidence = \"require\"` will fail"),
        Some(Tier::Free) => finding(Verdict::Good, "Free: enough for all but evidence and group milestones"),
        None if wants_evidence => finding(Verdict::Doubt, "unknown: GitLab tells it to nobody outright")
            .advice("evidence takes Premium; `evidence = true` does without, `evidence = \"require\"` fails on Free"),
        None => {
            finding(Verdict::Note, "unknown; it matters for evidence and group milestones only, which take Premium")
        }
    }
}
