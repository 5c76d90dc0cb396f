//! The text of a manifest to begin with: nothing in it asks for a change, and each comment is true of what is below. Pure.

use super::remote::Place;
use crate::import::HEAD;
use std::fmt::Write;

/// What is known of the project.
pub(super) struct Known {
    pub(super) place: Option<Place>,
    /// The latest tag, for the example.
    pub(super) tag: Option<String>,
    /// Whether there is a `CHANGELOG.md` beside the manifest.
    pub(super) has_changelog: bool,
}

pub(super) fn text(known: &Known) -> String {
    let mut text = format!("{HEAD}\n[project]\n");
    // Writing to a String can't fail.
    let _ = project(&mut text, known.place.as_ref());
    text.push_str(
        "\n[policy]\nunmanaged = \"report\"     # releases that no entry names: \"ignore\", \"report\" or \"delete\"\n\
         # tags = [\"v*\"]           # only these tags are this manifest's business\n",
    );
    let _ = releases(&mut text, known);
    text
}

fn project(text: &mut String, place: Option<&Place>) -> std::fmt::Result {
    let Some(place) = place else {
        return text.write_str(
            "# path = \"group/app\"     # the project's full path; in a CI job it is by default the job's project\n\
             # url = \"https://gitlab.example.com\"   # unless it is on gitlab.com\n",
        );
    };
    writeln!(text, "path = \"{}\"", place.project)?;
    if place.is_gitlab_com() {
        return Ok(());
    }
    if !place.is_sure {
        text.write_str("# Read off an ssh address: check scheme and port.\n")?;
    }
    text.write_str("# If this GitLab lives below a path of its host, move that path from `path` to `url`.\n")?;
    writeln!(text, "url = \"{}\"", place.url)
}

fn releases(text: &mut String, known: &Known) -> std::fmt::Result {
    let tag = toml::Value::from(known.tag.as_deref().unwrap_or("v1.0.0")).to_string();
    let notes = if known.has_changelog {
        "# changelog = \"CHANGELOG.md\"   # its section of this version; or description = \"…\", or description_file = \"…\"\n"
    } else {
        "# description = \"…\"            # or description_file = \"notes/v1.0.0.md\", or changelog = \"CHANGELOG.md\"\n"
    };
    write!(text, "\n# One of these for each release:\n#\n# [[releases]]\n# tag_name = {tag}\n")?;
    if known.tag.is_none() {
        text.write_str("# ref = \"main\"                 # what to tag, if the tag is missing\n")?;
    }
    text.write_str(notes)?;
    text.write_str(
        "#\n# [[releases.links]]\n# name = \"linux-amd64\"\n# url = \"https://dl.example.com/app-linux-amd64.tar.gz\"\n\
         # link_type = \"package\"        # other (default), runbook, image or package\n",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use std::path::Path;

    /// Each example, with what is known, and with its comment signs taken off.
    fn texts() -> Vec<(String, String)> {
        let com = Place { url: "https://gitlab.com".to_owned(), project: "g/app".to_owned(), is_sure: false };
        let own = Place { url: "https://gitlab.example.com".to_owned(), ..com.clone() };
        let mut texts = Vec::new();
        for place in [None, Some(com), Some(own)] {
            for tag in [None, Some("v1.2"), Some("odd\"tag'x")] {
                let known = Known { place: place.clone(), tag: tag.map(str::to_owned), has_changelog: false };
                let text = text(&known);
                let (head, example) = text.split_once("release:\n#\n").unwrap();
                let example = example.lines().map(|line| line.trim_start_matches('#').trim_start()).collect::<Vec<_>>();
                let full = format!("{head}release:\n{}\n", example.join("\n"));
                texts.push((text, full));
            }
        }
        texts
    }

    #[test]
    fn it_is_valid_and_asks_for_nothing_and_so_is_its_example() {
        for (text, full) in texts() {
            let parsed = manifest::parse(Path::new("releases.toml"), &text).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
            assert!(parsed.desired.releases.is_empty() && parsed.desired.milestones.is_empty());
            let full = manifest::parse(Path::new("releases.toml"), &full).unwrap_or_else(|e| panic!("{e:?}\n{full}"));
            assert_eq!(full.desired.releases.len(), 1);
        }
    }
}
