//! All tags of a repository, by one process of `git for-each-ref`.

use super::Error;
use super::command::{Failed, bytes};
use crate::model::{Moment, TagName};
use jiff::Timestamp;

/// A tag of something that can be released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: TagName,
    /// The commit that it names.
    pub commit: String,
    /// When it was made, if it is annotated and says so; else when its commit was.
    pub date: Option<Moment>,
    /// What it says, if it is annotated, without a signature.
    pub message: Option<String>,
}

/// What `git for-each-ref` has to say of tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Those that GitLab can have a release of, by name.
    pub tags: Vec<Tag>,
    /// Names of those that lead to no commit, or that are no UTF-8.
    pub unfit: Vec<String>,
}

/// What is asked of each tag. A NUL stands in no name, and git ends texts at one.
const FORMAT: &str = "--format=%(refname:lstrip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00\
     %(creatordate:unix)%00%(*committerdate:unix)%00%(if:equals=tag)%(objecttype)%(then)%(contents)%(end)%00\
     %(if:equals=tag)%(objecttype)%(then)%(contents:signature)%(end)%00";
/// How many fields that is.
const FIELDS: usize = 9;

/// Asks git, in the folder that `command` runs in.
pub(super) fn read(mut command: std::process::Command) -> Result<Tags, Error> {
    command.args(["for-each-ref", FORMAT, "refs/tags"]);
    let answer = bytes(command).map_err(Error::from)?;
    parsed(&answer).ok_or_else(|| {
        Failed::Start(std::io::Error::new(std::io::ErrorKind::InvalidData, "an answer that breaks off")).into()
    })
}

/// Takes the answer apart.
fn parsed(answer: &[u8]) -> Option<Tags> {
    let mut tags = Tags::default();
    let mut fields = answer.split(|byte| *byte == 0);
    loop {
        // Each tag's own line ends after its last NUL.
        let first = fields.next()?;
        let name = first.strip_prefix(b"\n").unwrap_or(first);
        if name.is_empty() {
            return Some(tags);
        }
        let mut rest = [&[] as &[u8]; FIELDS - 1];
        for field in &mut rest {
            *field = fields.next()?;
        }
        let text = |at: usize| String::from_utf8_lossy(rest[at]).into_owned();
        let is_annotated = rest[0] == b"tag";
        // Tags of tags are peeled to their end, or by older gits to the next one.
        let (kind, id) = if is_annotated { (rest[2], 3) } else { (rest[0], 1) };
        let Some(name) = std::str::from_utf8(name).ok().filter(|_| kind == b"commit" || kind == b"tag") else {
            tags.unfit.push(String::from_utf8_lossy(name).into_owned());
            continue;
        };
        tags.tags.push(Tag {
            name: TagName::from_git(name),
            commit: text(id),
            date: moment(rest[4]).or_else(|| moment(rest[5])),
            message: is_annotated.then(|| message(&text(6), &text(7))).filter(|message| !message.is_empty()),
        });
    }
}

/// A tag's message without the signature at its end.
fn message(contents: &str, signature: &str) -> String {
    contents.strip_suffix(signature).unwrap_or(contents).trim().to_owned()
}

fn moment(seconds: &[u8]) -> Option<Moment> {
    let seconds = std::str::from_utf8(seconds).ok()?.parse().ok()?;
    Timestamp::from_second(seconds).ok().map(Moment::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: [&str; FIELDS]) -> Vec<u8> {
        format!("{}\0\n", fields.join("\0")).into_bytes()
    }

    #[test]
    fn answers_are_taken_apart() {
        let answer = [
            record(["v1", "commit", "aa", "", "", "1500000000", "", "", ""]),
            record(["v2", "tag", "bb", "commit", "cc", "", "1500000001", "Two\n\nlines\n-----BEGIN\n", "-----BEGIN\n"]),
            record(["blob", "blob", "dd", "", "", "", "", "", ""]),
        ]
        .concat();
        let Tags { tags, unfit } = parsed(&answer).unwrap();
        let shown = tags.iter().map(|tag| {
            let date = tag.date.map_or_else(String::new, |date| date.to_string());
            format!("{} {} {date} {:?}", tag.name, tag.commit, tag.message)
        });
        let shown: Vec<_> = shown.collect();
        let second = r#"v2 cc 2017-07-14T02:40:01Z Some("Two\n\nlines")"#;
        assert_eq!(shown, ["v1 aa 2017-07-14T02:40:00Z None", second]);
        assert_eq!(unfit, ["blob"]);
        assert_eq!(parsed(b""), Some(Tags::default()));
    }

    #[test]
    fn what_breaks_off_is_no_answer() {
        let whole = record(["v1", "tag", "aa", "commit", "bb", "1", "", "x", ""]);
        // Without its last byte, the line's end, all of it is there.
        for end in 1..whole.len() - 1 {
            assert_eq!(parsed(&whole[..end]), None, "{end}");
        }
    }
}
