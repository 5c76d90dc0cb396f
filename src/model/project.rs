//! Which project, and what of it matters to releases.

use std::fmt;

/// GitLab's id of a project. Paths move, ids don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectId(pub u64);

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How a manifest or a flag names a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectRef {
    /// By number.
    Id(ProjectId),
    /// By full path, `group/sub/app`.
    Path(String),
}

impl ProjectRef {
    /// Whether both name one project; `None` if that can't be told from a number and a path. GitLab does not care about the
    /// case of a path.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Id(one), Self::Id(other)) => Some(one == other),
            (Self::Path(one), Self::Path(other)) => Some(one.eq_ignore_ascii_case(other)),
            (Self::Id(_), Self::Path(_)) | (Self::Path(_), Self::Id(_)) => None,
        }
    }
}

impl fmt::Display for ProjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "project {id}"),
            Self::Path(path) => f.write_str(path),
        }
    }
}

/// GitLab's id of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u64);

/// How a flag names a group: by its full path, `group/sub`, or its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRef(pub String);

impl fmt::Display for GroupRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A group as GitLab has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its full path.
    pub path: String,
}

/// A project as GitLab has it, or as far as it is known: a CI job's token can't read it, only its releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// How all requests after the first name it: by its id if that is known, as paths move and ids don't.
    pub reference: ProjectRef,
    /// Its full path.
    pub path: Option<String>,
    /// Its page.
    pub web_url: Option<String>,
    /// The group it lives in, whose milestones its releases may name; a user's own projects live in none.
    pub group: Option<Group>,
}

impl Project {
    /// Whether both are one project, as far as can be told.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> Option<bool> {
        self.reference.is_same(&other.reference).or_else(|| {
            let [one, other] = [self, other].map(|project| project.path.as_deref());
            Some(one?.eq_ignore_ascii_case(other?))
        })
    }

    /// What is known of a project that can't be read.
    #[must_use]
    pub fn unread(reference: ProjectRef) -> Self {
        let path = match &reference {
            ProjectRef::Id(_) => None,
            ProjectRef::Path(path) => Some(path.clone()),
        };
        Self { reference, path, web_url: None, group: None }
    }
}

impl fmt::Display for Project {
    /// Its path, or `project 24`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => f.write_str(path),
            None => write!(f, "{}", self.reference),
        }
    }
}
