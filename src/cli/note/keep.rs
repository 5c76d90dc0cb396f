//! One note, found and rewritten, whoever else writes at the same time.
//!
//! Ours is what the token's user wrote and what starts with the mark: somebody who quotes the mark, or is quoted, loses
//! nothing.

use super::body::Told;
use super::place::NoteKey;
use crate::gitlab::{Client, Error, Kind, MergeRequest, MergeRequestNote};

/// What became of the note.
pub(super) enum Kept {
    /// It says now what it should.
    Written,
    /// It did before.
    Same,
    /// There is none, and nothing to say.
    None,
}

/// Writes what is `told` into the note of this `key`, or makes that note if it is worth one.
///
/// Two pipelines that race may both make one, so that each looks again once it has. The oldest stays, as people may have answered
/// it or linked to it; the others are deleted, since an empty note would be as much in the way as a doubled one.
pub(super) async fn keep(
    client: &Client,
    merge_request: &MergeRequest,
    key: &NoteKey,
    told: &Told,
) -> Result<Kept, Error> {
    let author = client.identity().await?.username;
    let (mark, body) = (key.mark(), client.redacted(&told.body(key)));
    let own = async || {
        let notes = client.notes(merge_request).await?;
        let mut own: Vec<_> = notes.into_iter().filter(|note| is_own(note, &author, &mark)).collect();
        own.sort_by_key(|note| note.id);
        Ok::<_, Error>(own)
    };
    let mut tries = client.tries();
    let (mut found, mut is_made) = (own().await?, false);
    while found.is_empty() {
        if !told.is_news {
            return Ok(Kept::None);
        }
        let Err(error) = client.create_note(merge_request, &body, &mut tries).await else {
            found = own().await?;
            is_made = true;
            break;
        };
        if !error.is_in_doubt() {
            return Err(error);
        }
        // It may be there, and must not be made a second time.
        if own().await?.iter().any(|note| says(note, &body)) {
            return Ok(Kept::Written);
        }
        if !error.may_pass() {
            return Err(error);
        }
        client.wait(&mut tries, error).await?;
        found = own().await?;
    }
    let Some((oldest, doubles)) = found.split_first() else {
        // A list may lag behind what was just made.
        return Ok(if is_made { Kept::Written } else { Kept::None });
    };
    let is_same = says(oldest, &body);
    if !is_same {
        client.update_note(merge_request, oldest.id, &body).await?;
    }
    for double in doubles {
        match client.delete_note(merge_request, double.id).await {
            Err(error) if error.kind() != Kind::NotFound => return Err(error),
            // Another pipeline may have been faster.
            _ => {}
        }
    }
    Ok(if is_same && doubles.is_empty() && !is_made { Kept::Same } else { Kept::Written })
}

fn is_own(note: &MergeRequestNote, author: &str, mark: &str) -> bool {
    let MergeRequestNote { id: _, author: by, body, is_system } = note;
    let after = body.strip_prefix(mark);
    by == author && !is_system && after.is_some_and(|after| after.is_empty() || after.starts_with(['\r', '\n']))
}

/// GitLab keeps no space at a note's end, and no carriage returns.
fn says(note: &MergeRequestNote, body: &str) -> bool {
    let plain = |text: &str| text.replace('\r', "").trim_end().to_owned();
    plain(&note.body) == plain(body)
}
