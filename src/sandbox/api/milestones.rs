//! `/projects/:id/milestones` and `/groups/:id/milestones`: the same, but for whose they are.

use crate::sandbox::auth::{Access, GroupAccess, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::{clean_title, title_error};
use crate::sandbox::store::ids::MilestoneId;
use crate::sandbox::store::milestones::{Filter, Milestone, MilestoneFields, MilestoneState, Owner};
use crate::sandbox::store::page::Page;
use crate::sandbox::store::users::Role;
use crate::sandbox::store::{is_taken, milestones};
use jiff::civil::Date;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

/// What GitLab says of a title that the project or its group has already.
const TITLE_TAKEN: &str = "already being used for another group or project milestone.";

/// `GET /projects/:id/milestones`, and the group's
pub(super) fn list<P: Place>(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let place = P::open(tx, call)?;
    let mut reader = call.reader();
    let state = reader.word("state", |word| match word {
        "all" => Some(None),
        word => MilestoneState::from_word(word).map(Some),
    });
    let ancestors = [reader.boolean("include_ancestors"), reader.boolean("include_parent_milestones")];
    let filter = Filter {
        state: state.value().flatten(),
        title: reader.text("title").value().filter(|title| !title.is_empty()),
        search: reader.text("search").value(),
        iids: reader.integers("iids").value().unwrap_or_default(),
        include_ancestors: ancestors.into_iter().any(|given| given.value() == Some(true)),
    };
    let page = Page::read(&mut reader);
    reader.done()?;

    let (mut found, count) = milestones::list(tx, place.owner(), &filter, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    let rows = found.iter().map(|milestone| view(tx, call, milestone)).collect::<Result<_, _>>()?;
    Ok(page.answer(call, rows, more, count))
}

/// `GET /projects/:id/milestones/:milestone_id`, and the group's
pub(super) fn show<P: Place>(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let place = P::open(tx, call)?;
    let milestone = find(tx, call, &place)?;
    Ok(Answer::ok(view(tx, call, &milestone)?))
}

/// `POST /projects/:id/milestones`, and the group's
pub(super) fn create<P: Place>(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let place = P::open(tx, call)?;
    let mut reader = call.reader();
    let title = reader.required_text("title");
    let description = reader.text("description").value();
    let start_date = reader.text("start_date").value();
    let due_date = reader.text("due_date").value();
    reader.done()?;
    place.require_reporter()?;

    let fields = MilestoneFields {
        title: clean_title(&title),
        description,
        state: MilestoneState::Active,
        start_date: start_date.as_deref().and_then(day),
        due_date: due_date.as_deref().and_then(day),
    };
    check(&fields, "create")?;
    match milestones::add(tx, None, place.owner(), fields, Moment::now()) {
        Err(error) if is_taken(&error) => Err(failed("create", &[("title", TITLE_TAKEN.to_owned())])),
        added => Ok(Answer::created(view(tx, call, &added?)?)),
    }
}

/// `PUT /projects/:id/milestones/:milestone_id`, and the group's
pub(super) fn update<P: Place>(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let place = P::open(tx, call)?;
    let mut reader = call.reader();
    let title = reader.text("title");
    let description = reader.text("description");
    let start_date = reader.text("start_date");
    let due_date = reader.text("due_date");
    let event = reader.word("state_event", |word| match word {
        "close" => Some(MilestoneState::Closed),
        "activate" => Some(MilestoneState::Active),
        _ => None,
    });
    reader.at_least_one_of(&["title", "description", "start_date", "due_date", "state_event"]);
    reader.done()?;
    place.require_reporter()?;

    let mut milestone = find(tx, call, &place)?;
    let fields = &mut milestone.fields;
    if title.is_given() {
        fields.title = clean_title(&title.value().unwrap_or_default());
    }
    description.put_into(&mut fields.description);
    if start_date.is_given() {
        fields.start_date = start_date.value().as_deref().and_then(day);
    }
    if due_date.is_given() {
        fields.due_date = due_date.value().as_deref().and_then(day);
    }
    if let Some(state) = event.value() {
        fields.state = state;
    }
    check(fields, "update")?;
    milestone.updated_at = Moment::now();
    match milestones::save(tx, &milestone) {
        Err(error) if is_taken(&error) => Err(failed("update", &[("title", TITLE_TAKEN.to_owned())])),
        saved => {
            saved?;
            Ok(Answer::ok(view(tx, call, &milestone)?))
        }
    }
}

/// `DELETE /projects/:id/milestones/:milestone_id`, and the group's
pub(super) fn delete<P: Place>(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let place = P::open(tx, call)?;
    place.require_reporter()?;
    milestones::delete(tx, find(tx, call, &place)?.id)?;
    Ok(Answer::no_content())
}

/// A milestone as it stands in lists and releases; a group's has the group's number in place of the project's.
pub(super) fn view(db: &Connection, call: &Call, milestone: &Milestone) -> Result<Value, Refusal> {
    let Milestone { id, iid, owner, fields, created_at, updated_at } = milestone;
    let MilestoneFields { title, description, state, start_date, due_date } = fields;
    let (owner_key, owner_id) = match owner {
        Owner::Project(project) => ("project_id", json!(project)),
        Owner::Group(group) => ("group_id", json!(group)),
    };
    let path = milestones::owner_path(db, *owner)?;
    let today = Moment::now().day();
    Ok(json!({
        "id": id,
        "iid": iid,
        owner_key: owner_id,
        "title": title,
        "description": description,
        "state": state.as_str(),
        "created_at": created_at,
        "updated_at": updated_at,
        "due_date": due_date,
        "start_date": start_date,
        "expired": due_date.is_some_and(|due| due < today),
        "web_url": format!("{}/{path}/-/milestones/{iid}", call.base),
    }))
}

/// A project or group with milestones, and what the one who asks is there. They are for those who are signed in, also
/// where the place is public.
pub(super) trait Place: Sized {
    /// What `:id` names.
    fn open(db: &Connection, call: &Call) -> Result<Self, Refusal>;

    /// Whose milestones these are.
    fn owner(&self) -> Owner;

    /// Refuses those who may not write them.
    fn require_reporter(&self) -> Result<(), Refusal>;
}

impl Place for Access {
    fn open(db: &Connection, call: &Call) -> Result<Self, Refusal> {
        let access = Self::of(db, call, JobTokens::Ignored)?;
        access.require_user()?;
        Ok(access)
    }

    fn owner(&self) -> Owner {
        Owner::Project(self.project.id)
    }

    fn require_reporter(&self) -> Result<(), Refusal> {
        self.require(Role::Reporter).map(drop)
    }
}

impl Place for GroupAccess {
    fn open(db: &Connection, call: &Call) -> Result<Self, Refusal> {
        let access = Self::of(db, call)?;
        access.require_user()?;
        Ok(access)
    }

    fn owner(&self) -> Owner {
        Owner::Group(self.group.id)
    }

    fn require_reporter(&self) -> Result<(), Refusal> {
        self.require(Role::Reporter)
    }
}

fn find(db: &Connection, call: &Call, place: &impl Place) -> Result<Milestone, Refusal> {
    let id = MilestoneId(call.number("milestone_id")?);
    milestones::get(db, place.owner(), id)?.ok_or_else(Refusal::no_such_record)
}

/// A date as Rails takes it: what it can't read is none at all.
fn day(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

fn check(fields: &MilestoneFields, doing: &str) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    errors.extend(title_error(&fields.title).map(|error| ("title", error)));
    if let (Some(start), Some(due)) = (fields.start_date, fields.due_date)
        && due <= start
    {
        errors.push(("due_date", "must be greater than start date".to_owned()));
    }
    if errors.is_empty() { Ok(()) } else { Err(failed(doing, &errors)) }
}

/// GitLab puts Ruby's idea of a hash into this message.
fn failed(doing: &str, errors: &[(&str, String)]) -> Refusal {
    let errors: Vec<String> = errors.iter().map(|(field, error)| format!(":{field}=>[{error:?}]")).collect();
    Refusal::bad(format!("Failed to {doing} milestone {{{}}}", errors.join(", ")))
}
