//! The rules that protect tags. Maintainers may read them; a job token can't.

use crate::gitlab::error::Flaw;
use crate::gitlab::pages::Row;
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, Role};
use crate::model::ProjectRef;
use serde::Deserialize;

/// A rule about tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedTag {
    /// A tag, or tags with `*` for any characters.
    pub pattern: String,
    /// The least role that may make such a tag, if a role is enough.
    pub least: Option<Role>,
    /// Whether it also names users, groups or deploy keys, each by itself.
    pub names_others: bool,
}

/// The keys relsync reads of a rule.
#[derive(Deserialize)]
struct Wire {
    name: String,
    #[serde(default)]
    create_access_levels: Vec<Access>,
}

#[derive(Deserialize)]
struct Access {
    #[serde(rename = "access_level")]
    level: Option<u8>,
    user_id: Option<u64>,
    group_id: Option<u64>,
    deploy_key_id: Option<u64>,
}

impl Access {
    /// Whether it is for somebody rather than for a role: what it says of the level then means nothing.
    fn is_for_one(&self) -> bool {
        self.user_id.is_some() || self.group_id.is_some() || self.deploy_key_id.is_some()
    }
}

impl Row for Wire {
    type Model = ProtectedTag;
    type Key = String;

    fn into_model(self) -> Result<ProtectedTag, Flaw> {
        let Self { name, create_access_levels: access } = self;
        let roles = access.iter().filter(|access| !access.is_for_one()).filter_map(|access| access.level);
        Ok(ProtectedTag {
            pattern: name,
            // 0 is nobody.
            least: roles.filter(|level| *level > 0).min().map(Role::of_level),
            names_others: access.iter().any(Access::is_for_one),
        })
    }

    fn key(rule: &ProtectedTag) -> String {
        rule.pattern.clone()
    }
}

impl Client {
    /// The rules that protect a project's tags.
    ///
    /// # Errors
    /// [`Kind::Forbidden`](crate::gitlab::Kind::Forbidden) unless the one who asks is a maintainer.
    pub async fn protected_tags(&self, project: &ProjectRef) -> Result<Vec<ProtectedTag>, Error> {
        self.list::<Wire>(&Request::get(&["projects", &segment(project), "protected_tags"])).await
    }
}
