//! The one release that a command looks at: by its tag, or the latest.

use super::failure::Failure;
use super::interrupt::stoppable;
use super::project::Asked;
use crate::gitlab::Permalink;
use crate::model::{Moment, ShownRelease, TagName, harmless};
use crate::ui::Ui;

/// Which release.
#[derive(Debug, Clone)]
pub(super) enum Which {
    /// The one for this tag.
    Tag(TagName),
    /// The one that GitLab calls the latest, by what of it is asked for.
    Latest(Permalink),
}

/// The release, as it is now.
///
/// # Errors
/// Also if there is none.
pub(super) async fn find(ui: &Ui, asked: &Asked, which: &Which) -> Result<ShownRelease, Failure> {
    let Asked { client, project, .. } = asked;
    let found = {
        let _progress = ui.reading(&format!("looking for the release of {project}"), || (0, 0));
        let look = async {
            match which {
                Which::Tag(tag) => client.look_at(project, tag).await,
                Which::Latest(permalink) => client.latest(project, permalink).await,
            }
        };
        stoppable(look).await?.map_err(|error| asked.failure(error))?
    };
    let found = found.ok_or_else(|| Failure::no_release(project, which))?;
    let release = &found.release;
    if matches!(which, Which::Latest(_)) && release.released_at > Moment::new(jiff::Timestamp::now()) {
        let tag = harmless(release.tag_name.as_str());
        ui.note(&format!("Note: {tag}, the latest release, is yet to come: its date is {}.", release.released_at));
    }
    Ok(found)
}
