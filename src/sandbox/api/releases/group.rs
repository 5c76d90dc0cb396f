//! `GET /groups/:id/releases`: the releases of all projects in a group and below it.

use super::view::{simple_view, view};
use crate::sandbox::api::projects::read_simple;
use crate::sandbox::auth::{Access, GroupAccess};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Refusal};
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::users::Viewer;
use crate::sandbox::store::{projects, releases};
use rusqlite::Transaction;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// `GET /groups/:id/releases`
pub(in crate::sandbox::api) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let group = GroupAccess::of(tx, call)?;
    let mut reader = call.reader();
    let sort = Sort::read(&mut reader);
    let simple = read_simple(&mut reader);
    let page = Page::read(&mut reader);
    reader.done()?;

    let viewer = Viewer::of(group.user());
    let (mut found, count) = releases::list_of_group(tx, viewer, &group.group.path, sort, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    let mut accesses = BTreeMap::new();
    let mut rows = Vec::with_capacity(found.len());
    for (project, release) in &found {
        let access = match accesses.entry(*project) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let project = projects::get(tx, *project)?.ok_or_else(Refusal::nothing_found)?;
                entry.insert(Access::to(tx, project, group.user().cloned())?)
            }
        };
        rows.push(if simple { simple_view(access, release) } else { view(tx, call, access, release)? });
    }
    Ok(page.answer(call, rows, more, count))
}
