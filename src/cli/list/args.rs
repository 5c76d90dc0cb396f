//! What can be said after `relsync list`.

use crate::cli::args::{ServerArgs, count};
use crate::cli::formats::Shape;
use crate::cli::project::ProjectArgs;
use crate::model::{Direction, GroupRef, ReleaseOrder};
use clap::Args;
use std::num::NonZeroUsize;

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// Only releases that are yet to come, the soonest first.
    #[arg(long)]
    pub(super) upcoming: bool,

    /// The releases of all projects in this group and below it, by its full path or number, such as acme.
    #[arg(short, long, value_name = "GROUP", value_parser = group, conflicts_with = "project")]
    pub(super) group: Option<GroupRef>,

    /// What to order by. GitLab orders a group's releases by `released_at` only.
    #[arg(long, value_name = "FIELD", default_value = "released_at")]
    pub(super) order_by: OrderBy,

    /// Which end comes first: the earliest with asc, the latest with desc. By default desc; with --upcoming, asc.
    #[arg(long, value_name = "DIRECTION")]
    pub(super) sort: Option<Sort>,

    /// At most so many. No more pages are read than they take.
    #[arg(short = 'L', long, value_name = "N", default_value = "30", default_value_if("upcoming", "true", None), value_parser = count)]
    pub(super) limit: Option<NonZeroUsize>,

    /// All of them.
    #[arg(long, conflicts_with = "limit")]
    pub(super) all: bool,

    /// What goes to stdout. JSON is described by `relsync schema report`.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Shape,

    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OrderBy {
    /// When they were, or will be, released.
    #[value(name = "released_at")]
    ReleasedAt,
    /// When GitLab made them.
    #[value(name = "created_at")]
    CreatedAt,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Sort {
    /// The earliest first.
    Asc,
    /// The latest first.
    Desc,
}

impl From<OrderBy> for ReleaseOrder {
    fn from(order: OrderBy) -> Self {
        match order {
            OrderBy::ReleasedAt => Self::ReleasedAt,
            OrderBy::CreatedAt => Self::CreatedAt,
        }
    }
}

impl From<Sort> for Direction {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Asc => Self::Ascending,
            Sort::Desc => Self::Descending,
        }
    }
}

fn group(text: &str) -> Result<GroupRef, String> {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(char::is_whitespace);
    if text.contains("://") {
        Err("this is a url; write the group as acme or acme/team, and its GitLab with --url".to_owned())
    } else if text.split('/').all(is_part) {
        Ok(GroupRef(text.to_owned()))
    } else {
        Err("write it as in the group's address: acme, acme/team".to_owned())
    }
}
