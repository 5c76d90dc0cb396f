//! Projects: the one request that turns a path into an id, those of a group, and how all other requests name the project.

use crate::gitlab::error::Flaw;
use crate::gitlab::pages::Row;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, TokenKind};
use crate::model::{Group, GroupId, Project, ProjectId, ProjectRef};
use serde::Deserialize;

/// The keys relsync reads of a project.
#[derive(Deserialize)]
struct Wire {
    id: u64,
    path_with_namespace: String,
    web_url: String,
    namespace: Option<Namespace>,
}

#[derive(Deserialize)]
struct Namespace {
    id: u64,
    kind: String,
    full_path: String,
}

impl Client {
    /// The project that `project` names. With a job token nothing is asked and little is known: GitLab would ignore that
    /// token here, and hide a private project; that project's releases can be read and written by its name all the same.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::gitlab::Kind::NotFound) also if the token does not let it be seen.
    pub async fn project(&self, project: &ProjectRef) -> Result<Project, Error> {
        if self.token_kind() == Some(TokenKind::Job) {
            return Ok(Project::unread(project.clone()));
        }
        let answer = self.transport.send(&Request::get(&["projects", &segment(project)])).await?;
        answer.json::<Wire>()?.into_model().map_err(|flaw| answer.flaw(&flaw))
    }

    /// The projects of a group and of all groups in it, but for those that are archived, which nothing can be written to, and
    /// those of others that are only shared with it. A job token can't call this.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::gitlab::Kind::NotFound) also if the token does not let the group be seen.
    pub async fn projects_of_group(&self, group: &str) -> Result<Vec<Project>, Error> {
        let request = Request::get(&["groups", group, "projects"]).query("include_subgroups", true);
        let request = request.query("archived", false).query("with_shared", false).query("simple", true);
        self.list::<Wire>(&request.query("order_by", "id").query("sort", "asc")).await
    }
}

impl Row for Wire {
    type Model = Project;
    type Key = u64;

    fn into_model(self) -> Result<Project, Flaw> {
        let Self { id, path_with_namespace, web_url, namespace } = self;
        let group = namespace.filter(|n| n.kind == "group").map(|n| Group { id: GroupId(n.id), path: n.full_path });
        let reference = ProjectRef::Id(ProjectId(id));
        Ok(Project { reference, path: Some(path_with_namespace), web_url: Some(web_url), group })
    }

    fn key(project: &Project) -> u64 {
        match project.reference {
            ProjectRef::Id(ProjectId(id)) => id,
            ProjectRef::Path(_) => 0,
        }
    }
}

/// The name of a project in a request's path, not yet encoded.
pub(super) fn segment(project: &ProjectRef) -> String {
    match project {
        ProjectRef::Id(id) => id.to_string(),
        ProjectRef::Path(path) => path.clone(),
    }
}
