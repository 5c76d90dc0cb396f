//! `relsync list`: which releases GitLab has, of a project or of all projects in a group.

pub(super) mod args;

use super::exit::Exit;
use super::failure::Failure;
use super::formats::Shape;
use super::interrupt::stoppable;
use super::project::{self, Asked};
use crate::gitlab::{Client, Error};
use crate::model::{Direction, GroupRef, ListedReleases, Moment, ProjectRef, Release, ReleaseOrder};
use crate::report::{self, Listing, Whose};
use crate::ui::{Stream, Ui};
use args::ListArgs;
use std::fmt::Display;
use std::num::NonZeroUsize;

/// What is wanted of a list.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    only_upcoming: bool,
    order: ReleaseOrder,
    direction: Direction,
    most: Option<usize>,
    now: Moment,
}

pub(super) async fn run(ui: &Ui, args: ListArgs) -> Result<Exit, Failure> {
    let ListArgs { upcoming, group, order_by, sort, limit, all, format, project, server } = args;
    let by_default = if upcoming { Direction::Ascending } else { Direction::Descending };
    let wanted = Wanted {
        only_upcoming: upcoming,
        order: order_by.into(),
        direction: sort.map_or(by_default, Direction::from),
        most: limit.filter(|_| !all).map(NonZeroUsize::get),
        now: Moment::new(jiff::Timestamp::now()),
    };
    if let Some(group) = group {
        if wanted.order != ReleaseOrder::ReleasedAt {
            return Err(Failure::OrderOfGroup);
        }
        let (_server, client) = project::client(ui, &project, &server).await?;
        let list = read(ui, &client, &group, of_group(&client, &group, wanted)).await??;
        return show(ui, Whose::Group(&group), &list, wanted, format);
    }
    let asked = Asked::open(ui, &project, &server).await?;
    let Asked { client, project, .. } = &asked;
    let list = read(ui, client, project, of_project(client, project, wanted)).await?;
    show(ui, Whose::Project(project), &list.map_err(|error| asked.failure(error))?, wanted, format)
}

/// Waits for a list where people can see that.
async fn read<T>(ui: &Ui, client: &Client, whose: &impl Display, list: impl Future<Output = T>) -> Result<T, Failure> {
    let client = client.clone();
    let _progress = ui.reading(&format!("reading the releases of {whose}"), move || client.releases_read());
    stoppable(list).await
}

/// Also of a project that has moved.
async fn of_project(client: &Client, project: &ProjectRef, wanted: Wanted) -> Result<ListedReleases, Error> {
    let list = async |project: &ProjectRef| {
        if wanted.only_upcoming {
            let list = client.latest_releases(project, |release| wanted.is_upcoming(release)).await?;
            Ok(wanted.pick(list))
        } else {
            client.list_releases(project, wanted.order, wanted.direction, wanted.most).await
        }
    };
    let error: Error = match list(project).await {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    match error.moved(project) {
        Some(there) => list(&there).await,
        None => Err(error),
    }
}

async fn of_group(client: &Client, group: &GroupRef, wanted: Wanted) -> Result<ListedReleases, Error> {
    if wanted.only_upcoming {
        let list = client.latest_releases_of_group(group, |release| wanted.is_upcoming(release)).await?;
        Ok(wanted.pick(list))
    } else {
        client.list_releases_of_group(group, wanted.direction, wanted.most).await
    }
}

impl Wanted {
    fn is_upcoming(&self, release: &Release) -> bool {
        release.released_at > self.now
    }

    /// The wanted ones of all that are upcoming, in the wanted order: GitLab can't be asked for the soonest.
    fn pick(&self, mut list: ListedReleases) -> ListedReleases {
        list.releases.sort_by_key(|listed| match self.order {
            ReleaseOrder::ReleasedAt => listed.release.released_at,
            ReleaseOrder::CreatedAt => listed.release.created_at,
        });
        if self.direction == Direction::Descending {
            list.releases.reverse();
        }
        let most = self.most.unwrap_or(usize::MAX);
        list.more = list.releases.len() > most;
        list.releases.truncate(most);
        list
    }
}

fn show(ui: &Ui, of: Whose<'_>, list: &ListedReleases, wanted: Wanted, format: Shape) -> Result<Exit, Failure> {
    let Wanted { only_upcoming, order, now, .. } = wanted;
    let listing = Listing { of, list, only_upcoming, order, now };
    let text = match format {
        Shape::Json => report::listing_json(&listing),
        Shape::Text => report::listing(&listing, ui.width(), &ui.palette(Stream::Data)),
    };
    ui.out(&text).map_err(Failure::Output)?;
    if let Some(remark) = report::listing_remark(&listing) {
        ui.note(&remark);
    }
    Ok(Exit::Done)
}
