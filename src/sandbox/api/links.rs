//! `/projects/:id/releases/:tag_name/assets/links`

use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Given, Reader, Refusal};
use crate::sandbox::rules::link_errors;
use crate::sandbox::store::ids::LinkId;
use crate::sandbox::store::links::{Link, LinkFields, LinkType};
use crate::sandbox::store::page::Page;
use crate::sandbox::store::releases::Release;
use crate::sandbox::store::users::Role;
use crate::sandbox::store::{is_taken, links, releases};
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

/// `GET /projects/:id/releases/:tag_name/assets/links`
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let mut reader = call.reader();
    let page = Page::read(&mut reader);
    reader.done()?;

    let release = find_release(tx, call, &access)?;
    let mut found = links::list(tx, release.id, page)?;
    let more = page.cut(&mut found);
    let count = links::count(tx, release.id, COUNT_TO)?;
    let rows = found.iter().map(|link| view(call, &access, &release.tag, link)).collect();
    Ok(page.answer(call, rows, more, count))
}

/// `GET /projects/:id/releases/:tag_name/assets/links/:link_id`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let release = find_release(tx, call, &access)?;
    let link = find(tx, call, &release)?;
    Ok(Answer::ok(view(call, &access, &release.tag, &link)))
}

/// `POST /projects/:id/releases/:tag_name/assets/links`
pub(super) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_user()?;
    let mut reader = call.reader();
    let name = reader.required_text("name");
    let url = reader.required_text("url");
    let filepath = read_path(&mut reader).value();
    let link_type = read_type(&mut reader);
    reader.done()?;
    let release = find_writable(tx, call, &access)?;

    let fields = LinkFields { name, url, filepath, link_type };
    check(&fields)?;
    match links::add(tx, release.id, fields.clone()) {
        Err(error) if is_taken(&error) => Err(taken(tx, &release, &fields, None)?),
        added => {
            let link = added?;
            releases::touch(tx, release.id)?;
            Ok(Answer::created(view(call, &access, &release.tag, &link)))
        }
    }
}

/// `PUT /projects/:id/releases/:tag_name/assets/links/:link_id`
pub(super) fn update(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_user()?;
    let mut reader = call.reader();
    let name = reader.text("name");
    let url = reader.text("url");
    let filepath = read_path(&mut reader);
    let link_type = read_type(&mut reader);
    reader.at_least_one_of(&["name", "url"]);
    reader.done()?;
    let release = find_writable(tx, call, &access)?;

    let mut link = find(tx, call, &release)?;
    if name.is_given() {
        link.fields.name = name.value().unwrap_or_default();
    }
    if url.is_given() {
        link.fields.url = url.value().unwrap_or_default();
    }
    filepath.put_into(&mut link.fields.filepath);
    // Grape's default steps in where the type is left out, so that leaving it out sets it back.
    link.fields.link_type = link_type;
    check(&link.fields)?;
    match links::save(tx, &link) {
        Err(error) if is_taken(&error) => Err(taken(tx, &release, &link.fields, Some(link.id))?),
        saved => {
            saved?;
            releases::touch(tx, release.id)?;
            Ok(Answer::ok(view(call, &access, &release.tag, &link)))
        }
    }
}

/// `DELETE /projects/:id/releases/:tag_name/assets/links/:link_id`
pub(super) fn delete(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_user()?;
    let release = find_writable(tx, call, &access)?;
    let link = find(tx, call, &release)?;
    links::delete(tx, link.id)?;
    releases::touch(tx, release.id)?;
    Ok(Answer::ok(view(call, &access, &release.tag, &link)))
}

/// A link as it stands in lists and releases. The path is not told, but for where it leads.
pub(super) fn view(call: &Call, access: &Access, tag: &str, link: &Link) -> Value {
    let LinkFields { name, url, filepath, link_type } = &link.fields;
    let direct_asset_url = filepath.as_ref().map_or_else(
        || url.clone(),
        |path| format!("{}/downloads{path}", super::releases::web_url(call, &access.project, tag)),
    );
    json!({
        "id": link.id,
        "name": name,
        "url": url,
        "direct_asset_url": direct_asset_url,
        "external": !url.starts_with(&format!("{}/", call.base)),
        "link_type": link_type.as_str(),
    })
}

/// The path under its new name or its old one; an empty one is none.
pub(super) fn read_path(reader: &mut Reader<'_>) -> Given<String> {
    let (new, old) = (reader.text("direct_asset_path"), reader.text("filepath"));
    match (new, old) {
        (Given::Value(path), _) | (Given::Absent | Given::Null, Given::Value(path)) if !path.is_empty() => {
            Given::Value(path)
        }
        (Given::Absent, Given::Absent) => Given::Absent,
        _ => Given::Null,
    }
}

fn read_type(reader: &mut Reader<'_>) -> LinkType {
    reader.word("link_type", LinkType::from_word).value().unwrap_or(LinkType::Other)
}

fn find_release(db: &Connection, call: &Call, access: &Access) -> Result<Release, Refusal> {
    releases::get(db, access.project.id, call.segment("tag_name")?)?.ok_or_else(Refusal::no_such_record)
}

/// The release, if its links may be written: by developers who may create its tag.
fn find_writable(db: &Connection, call: &Call, access: &Access) -> Result<Release, Refusal> {
    let release = find_release(db, call, access)?;
    access.require(Role::Developer)?;
    if access.may_create_tag(db, &release.tag)? { Ok(release) } else { Err(Refusal::forbidden()) }
}

fn find(db: &Connection, call: &Call, release: &Release) -> Result<Link, Refusal> {
    let id = LinkId(call.number("link_id")?);
    links::get(db, release.id, id)?.ok_or_else(Refusal::no_such_record)
}

fn check(fields: &LinkFields) -> Result<(), Refusal> {
    let errors = link_errors(&fields.name, &fields.url, fields.filepath.as_deref());
    if errors.is_empty() { Ok(()) } else { Err(sentences(errors)) }
}

/// What to answer when the database says that something of the link is taken.
fn taken(db: &Connection, release: &Release, fields: &LinkFields, own: Option<LinkId>) -> Result<Refusal, Refusal> {
    let clashes = links::clashes(db, release.id, fields, own)?;
    Ok(sentences(clashes.into_iter().map(|clash| (clash.field, "has already been taken".to_owned()))))
}

/// Rails' full messages: `Name has already been taken`.
fn sentences(errors: impl IntoIterator<Item = (&'static str, String)>) -> Refusal {
    let sentence = |(field, error): (&str, String)| {
        let subject = match field {
            "name" => "Name",
            "url" => "Url",
            _ => "Filepath",
        };
        format!("{subject} {error}")
    };
    Refusal::bad(errors.into_iter().map(sentence).collect::<Vec<_>>())
}
