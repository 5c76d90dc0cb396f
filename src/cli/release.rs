//! The one release that a command looks at: by its tag, or the latest.

use super::failure::Failure;
use super::interrupt::stoppable;
use super::project::Asked;
use crate::gitlab::Permalink;
use crate::model::{Direction, Moment, ReleaseOrder, ShownRelease, TagName, harmless};
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
    let Some(found) = found else {
        let nearest = match which {
            Which::Tag(tag) => stoppable(meant(asked, tag)).await?,
            Which::Latest(_) => None,
        };
        return Err(Failure::no_release(project, which, nearest.as_ref()));
    };
    let release = &found.release;
    if matches!(which, Which::Latest(_)) && release.released_at > Moment::new(jiff::Timestamp::now()) {
        let tag = harmless(release.tag_name.as_str());
        ui.note(&format!("Note: {tag}, the latest release, is yet to come: its date is {}.", release.released_at));
    }
    Ok(found)
}

/// How many of the latest releases are looked at for one that may be meant: a page.
const LOOKED_AT: usize = 100;

/// The tag of the release that is meant by `asked`, if the latest ones have it: one of the same numbers, as with `v` before it.
async fn meant(Asked { client, project, .. }: &Asked, asked: &TagName) -> Option<TagName> {
    let list = client.list_releases(project, ReleaseOrder::ReleasedAt, Direction::Descending, Some(LOOKED_AT)).await;
    // It is no more than a hint: without the list there is none.
    nearest(asked, list.ok()?.releases.into_iter().map(|listed| listed.release.tag_name))
}

/// The likeliest of `tags` with the numbers of `asked`: another version is not what was meant.
fn nearest(asked: &TagName, tags: impl Iterator<Item = TagName>) -> Option<TagName> {
    /// How alike those without any number have to be.
    const ALIKE: f64 = 0.6;
    let numbers = |tag: &TagName| -> Vec<String> {
        let numbers = tag.as_str().split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
        numbers.map(str::to_owned).collect()
    };
    let wanted = numbers(asked);
    let likeness = |tag: &TagName| strsim::normalized_damerau_levenshtein(tag.as_str(), asked.as_str());
    let same = tags.filter(|tag| numbers(tag) == wanted).map(|tag| (likeness(&tag), tag));
    let nearest = same.max_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.filter(|(likeness, _)| !wanted.is_empty() || *likeness > ALIKE).map(|(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_has_the_same_numbers() {
        let tags = ["v1.1.0", "v1.0.0", "lib-v1.0.0", "nightly"];
        let nearest = |asked: &str| {
            let tags = tags.iter().map(|tag| TagName::from_git(*tag));
            nearest(&TagName::from_git(asked), tags).map(|tag| tag.to_string())
        };
        assert_eq!(nearest("1.0.0").as_deref(), Some("v1.0.0"));
        assert_eq!(nearest("lib/1.0.0").as_deref(), Some("lib-v1.0.0"));
        assert_eq!(nearest("nigthly").as_deref(), Some("nightly"));
        assert_eq!(nearest("v1.0.1"), None);
        assert_eq!(nearest("stable"), None);
    }
}
