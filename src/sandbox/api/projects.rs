//! `/projects` and `/projects/:id`.

use crate::sandbox::auth::{self, Access, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Reader, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::{PATH_ERROR, is_path_part, path_part_of, title_error};
use crate::sandbox::store::groups::Group;
use crate::sandbox::store::ids::GroupId;
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::projects::{NewProject, Project, ProjectFilter, ProjectOrder, Visibility};
use crate::sandbox::store::users::{Role, User, Viewer};
use crate::sandbox::store::{groups, is_taken, projects, tags, users};
use rusqlite::{Connection, Transaction};
use serde_json::{Map, Value, json};

const DEFAULT_BRANCH: &str = "main";

/// `GET /projects`
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let user = auth::user(tx, call, JobTokens::Ignored)?;
    answer_list(tx, call, user.as_ref(), None)
}

/// `GET /projects/:id`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    Ok(Answer::ok(view(tx, call, &access)?))
}

/// `POST /projects`. Nothing can be pushed here, so a new project has a first commit, whether asked for or not.
pub(super) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let user = auth::required_user(tx, call)?;
    let mut reader = call.reader();
    let (name, path) = (reader.text("name").value(), reader.text("path").value());
    let namespace = reader.integer("namespace_id").value();
    let description = reader.text("description").value();
    let visibility = reader.word("visibility", Visibility::from_word).value().unwrap_or(Visibility::Private);
    let default_branch = reader.text("default_branch").value().filter(|branch| !branch.trim().is_empty());
    reader.at_least_one_of(&["name", "path"]);
    reader.done()?;

    let name = name.or_else(|| path.clone()).unwrap_or_default();
    let path = path.unwrap_or_else(|| path_part_of(&name));
    check(&name, &path)?;
    let created_at = Moment::now();
    let project = NewProject {
        id: None,
        path: format!("{}/{path}", namespace_path(tx, &user, namespace)?),
        name,
        description,
        visibility,
        default_branch: default_branch.unwrap_or_else(|| DEFAULT_BRANCH.to_owned()),
        created_at,
    };
    let project = match projects::add(tx, project) {
        Err(error) if is_taken(&error) => return Err(path_taken()),
        added => added?,
    };
    if user.role_everywhere().is_none() {
        users::add_member(tx, project.id, user.id, Role::Owner)?;
    }
    let sha = tags::fake_sha(&[&project.path, &project.default_branch]);
    let message = "Initial commit".to_owned();
    tags::add_commit(tx, project.id, &tags::Commit { sha: sha.clone(), message, parent_sha: None, created_at })?;
    tags::add_branch(tx, project.id, &project.default_branch, &sha)?;
    Ok(Answer::created(view(tx, call, &Access::to(tx, project, Some(user))?)?))
}

/// `PUT /projects/:id`. With a new `path` the project moves, and is found where it was.
pub(super) fn update(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require_user()?;
    let mut reader = call.reader();
    let (name, path) = (reader.text("name").value(), reader.text("path").value());
    let description = reader.text("description");
    let visibility = reader.word("visibility", Visibility::from_word).value();
    reader.at_least_one_of(&["name", "path", "description", "visibility"]);
    reader.done()?;
    access.require(Role::Maintainer)?;

    let project = &mut access.project;
    let was_at = project.path.clone();
    if let Some(name) = name {
        project.name = name;
    }
    if let Some(path) = path {
        project.path = format!("{}/{path}", project.namespace());
    }
    check(&project.name, project.last_part())?;
    description.put_into(&mut project.description);
    project.visibility = visibility.unwrap_or(project.visibility);
    match projects::save(tx, project, &was_at) {
        Err(error) if is_taken(&error) => Err(path_taken()),
        saved => {
            saved?;
            Ok(Answer::ok(view(tx, call, &access)?))
        }
    }
}

/// `DELETE /projects/:id`
pub(super) fn delete(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require(Role::Maintainer)?;
    projects::delete(tx, access.project.id)?;
    Ok(Answer::will_be_done())
}

/// A list of projects: all, or those of the group with this path.
pub(super) fn answer_list(
    db: &Connection,
    call: &Call,
    user: Option<&User>,
    group: Option<String>,
) -> Result<Answer, Refusal> {
    let mut reader = call.reader();
    let order = reader.word("order_by", order).value().unwrap_or(ProjectOrder::CreatedAt);
    let sort = Sort::read(&mut reader);
    let filter = ProjectFilter {
        viewer: Viewer::of(user),
        group,
        include_subgroups: reader.boolean("include_subgroups").value() == Some(true),
        search: reader.text("search").value(),
        visibility: reader.word("visibility", Visibility::from_word).value(),
    };
    let simple = read_simple(&mut reader);
    let page = Page::read(&mut reader);
    reader.done()?;

    let (mut found, count) = projects::list(db, &filter, order, sort, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    let row = |project: Project| {
        if simple {
            return simple_view(db, call, &project);
        }
        view(db, call, &Access::to(db, project, user.cloned())?)
    };
    let rows = found.into_iter().map(row).collect::<Result<_, Refusal>>()?;
    Ok(page.answer(call, rows, more, count))
}

/// The `simple` parameter.
pub(super) fn read_simple(reader: &mut Reader<'_>) -> bool {
    reader.boolean("simple").value() == Some(true)
}

/// GitLab's orders by activity are all the same here.
fn order(word: &str) -> Option<ProjectOrder> {
    match word {
        "updated_at" | "last_activity_at" | "star_count" | "similarity" => Some(ProjectOrder::CreatedAt),
        word => ProjectOrder::from_word(word),
    }
}

fn view(db: &Connection, call: &Call, access: &Access) -> Result<Value, Refusal> {
    let mut view = simple_view(db, call, &access.project)?;
    view["visibility"] = json!(access.project.visibility.as_str());
    view["archived"] = json!(false);
    view["empty_repo"] = json!(false);
    if access.user().is_some() {
        let roles = access
            .roles()
            .map(|role| role.map(|role| json!({ "access_level": role.access_level(), "notification_level": 3 })));
        view["permissions"] = json!({ "project_access": roles[0], "group_access": roles[1] });
    }
    Ok(view)
}

fn simple_view(db: &Connection, call: &Call, project: &Project) -> Result<Value, Refusal> {
    let Project { id, group_id, path, name, description, visibility: _, default_branch, created_at } = project;
    let group = groups::get(db, *group_id)?;
    let (base, namespace) = (&call.base, project.namespace());
    Ok(json!({
        "id": id,
        "description": description,
        "name": name,
        "name_with_namespace": format!("{} / {name}", namespace.replace('/', " / ")),
        "path": project.last_part(),
        "path_with_namespace": path,
        "created_at": created_at,
        "default_branch": default_branch,
        "tag_list": [],
        "topics": [],
        "http_url_to_repo": format!("{base}/{path}.git"),
        "web_url": format!("{base}/{path}"),
        "avatar_url": null,
        "star_count": 0,
        "forks_count": 0,
        "last_activity_at": created_at,
        "namespace": group.map(|group| json!({
            "id": group.id,
            "name": group.name,
            "path": group.last_part(),
            "kind": "group",
            "full_path": group.path,
            "parent_id": group.parent_id,
            "avatar_url": null,
            "web_url": format!("{base}/groups/{}", group.path),
        })),
    }))
}

/// Where a new project is to be: in the group of this number, or among the user's own. Those are in a group of the user's
/// name, which is theirs unless somebody else made it before.
fn namespace_path(db: &Connection, user: &User, id: Option<i64>) -> Result<String, Refusal> {
    let group = match id {
        Some(id) => groups::get(db, GroupId(id))?,
        None => match groups::by_path(db, &user.username)? {
            None => Some(own_group(db, user)?),
            known => known,
        },
    };
    let role = group.as_ref().map(|group| groups::role_in(db, user, group)).transpose()?.flatten();
    match group {
        Some(group) if role >= Some(Role::Developer) => Ok(group.path),
        _ => Err(Refusal::bad(json!({ "namespace": ["is not valid"] }))),
    }
}

fn own_group(db: &Connection, user: &User) -> rusqlite::Result<Group> {
    let id = groups::ensure(db, &user.username, Moment::now())?;
    if user.role_everywhere().is_none() {
        users::add_group_member(db, id, user.id, Role::Owner)?;
    }
    groups::get(db, id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn check(name: &str, path: &str) -> Result<(), Refusal> {
    let mut errors = Map::new();
    if let Some(error) = title_error(name.trim()) {
        errors.insert("name".into(), json!([error]));
    }
    if !is_path_part(path) {
        errors.insert("path".into(), json!([PATH_ERROR]));
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::bad(errors)) }
}

fn path_taken() -> Refusal {
    let taken = ["has already been taken"];
    Refusal::bad(json!({ "project_namespace.name": taken, "name": taken, "path": taken }))
}
