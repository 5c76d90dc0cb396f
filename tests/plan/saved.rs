//! A saved plan is read back as it was, and whatever else the bytes are is an error.

use crate::round_trip::messy;
use crate::wishes::{current, desired, moment};
use proptest::prelude::*;
use proptest::sample::Index;
use relsync::model::{
    Current, Desired, EvidenceWish, Group, GroupId, LinkPlaces, MaxDeletes, MissingMilestones, Place, Project,
    ProjectId, ProjectRef, ReleasePlaces,
};
use relsync::plan::{Action, Address, Plan, ReadError, ReadPlan, SavedPlan, Selection};
use relsync::report::{self, Detail, Palette};
use serde_json::{Value, json};

/// Any wish, with all that a plan repeats of where it is written, and with much to refuse it for.
fn written() -> impl Strategy<Value = Desired> {
    let place = || prop::option::of((0..2u32, 1..500u32).prop_map(|(file, line)| Place { file, line }));
    let places = (place(), place(), place(), place(), place(), place(), place());
    let places = places.prop_map(|(tag_name, name, description, released_at, milestones, evidence, links)| {
        ReleasePlaces { tag_name, name, description, released_at, milestones, evidence, links }
    });
    let limit = prop_oneof![
        Just(MaxDeletes::Count(99)),
        Just(MaxDeletes::Count(0)),
        Just(MaxDeletes::Count(u64::MAX)),
        (0..=100u8).prop_map(MaxDeletes::Percent),
    ];
    let each = prop::collection::vec((places, any::<[bool; 4]>()), 8);
    (desired(), limit, each, place(), any::<bool>()).prop_map(|(mut wish, limit, each, place, strict)| {
        wish.files = vec!["releases.toml".into(), "odd \u{1b}[31m\n\"name\".toml".into()];
        wish.policy.max_deletes = limit;
        wish.policy.unmanaged_place = place;
        if strict {
            wish.policy.milestones = MissingMilestones::Require;
        }
        for (release, (places, [required, bare, told, linked])) in wish.releases.iter_mut().zip(each) {
            release.places = places;
            if required {
                release.evidence = Some(EvidenceWish::Require);
            }
            if bare && strict {
                release.git_ref = None;
            }
            if told {
                release.tag_message = Some("Version\n".into());
            }
            for link in release.links.iter_mut().flatten().filter(|_| linked) {
                link.places = LinkPlaces { link: place, url: place, ..LinkPlaces::default() };
            }
        }
        wish
    })
}

/// Any GitLab, seen with any kind of token.
fn seen() -> impl Strategy<Value = Current> {
    let id = prop::option::of(any::<u64>());
    (prop_oneof![current(), messy()], id, any::<[bool; 3]>()).prop_map(|(mut current, id, [by_job, grouped, lost])| {
        if let Some(id) = id {
            current.project = Project {
                reference: ProjectRef::Id(ProjectId(id)),
                path: (!by_job).then(|| "root/app".into()),
                web_url: (!by_job).then(|| "https://gitlab.example.com/root/app".into()),
                group: grouped.then(|| Group { id: GroupId(7), path: "root".into() }),
            };
        }
        if by_job {
            current.by_job_token = true;
            current.milestones = None;
        }
        if lost {
            current.missing_tags.extend(current.releases.keys().take(1).cloned());
        }
        current.protected_tags = current.releases.keys().skip(1).cloned().collect();
        current
    })
}

fn plans() -> impl Strategy<Value = Plan> {
    (written(), seen()).prop_map(|(wish, current)| Plan::new(&wish, &current, &Selection::default(), moment(28)))
}

fn gitlab() -> Address {
    Address::Gitlab("https://gitlab.example.com/gitlab".parse().unwrap())
}

fn saved(plan: &Plan) -> String {
    SavedPlan::new([(gitlab(), plan)], moment(28)).to_json()
}

/// `file` with the digest that its content has, if it has the shape of a plan.
fn with_its_digest(mut file: Value) -> Value {
    if let Err(ReadError::Digest { found, .. }) = ReadPlan::from_json(file.to_string().as_bytes()) {
        file["digest"] = found.to_string().into();
    }
    file
}

/// Every value in `value`, by its JSON pointer.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), found));
        }
        Value::Object(keys) => keys.iter().for_each(|(key, item)| pointers(item, &format!("{at}/{key}"), found)),
        _ => {}
    }
}

/// What is read is whole: it can be shown, carried out in order, and written again as it was.
fn check_read(read: &ReadPlan, digest: &str) {
    assert_eq!(read.to_saved().digest().to_string(), digest);
    assert_eq!(read.digest.to_string(), digest);
    for (_, plan) in &read.projects {
        let page = report::plan(plan, Detail::Reasons, &Palette::plain());
        assert!(!page.contains(char::from(27)), "escape sequences in a plain page");
        for (index, step) in plan.steps.iter().enumerate() {
            assert!(step.needs.iter().all(|need| need.0 < index));
        }
    }
    let _ =
        report::fleet(&read.projects.iter().map(|(_, plan)| plan).collect::<Vec<_>>(), &[], &report::Palette::plain());
}

fn message(file: &Value) -> String {
    ReadPlan::from_json(file.to_string().as_bytes()).unwrap_err().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read(plan in plans()) {
        let text = saved(&plan);
        let read = ReadPlan::from_json(text.as_bytes()).map_err(|why| TestCaseError::fail(format!("{why}\n{text}")))?;
        prop_assert_eq!(read.to_saved().to_json(), text);
        prop_assert_eq!(&read.projects, &vec![(gitlab(), plan)]);
        prop_assert_eq!(read.created_at, moment(28));
    }

    #[test]
    fn a_changed_value_is_found_out_or_makes_another_plan_that_is_whole(
        plan in plans(), at in any::<Index>(), kind in 0..9usize, other in any::<Index>(), again in any::<bool>(),
    ) {
        let mut file: Value = serde_json::from_str(&saved(&plan)).unwrap();
        let before = file.clone();
        let mut all = Vec::new();
        pointers(&file, "", &mut all);
        let replacement = match kind {
            0 => Value::Null,
            1 => json!(0),
            2 => json!(u64::MAX),
            3 => json!(-1),
            4 => json!("\u{1b}[31m…"),
            5 => json!([]),
            6 => json!({}),
            7 => json!(true),
            _ => file.pointer(&all[other.index(all.len())]).unwrap().clone(),
        };
        *file.pointer_mut(&all[at.index(all.len())]).unwrap() = replacement;
        if again {
            file = with_its_digest(file);
        }
        if let Ok(read) = ReadPlan::from_json(file.to_string().as_bytes()) {
            check_read(&read, file["digest"].as_str().unwrap());
            prop_assert!(again || file["projects"] == before["projects"], "{} was not found out", all[at.index(all.len())]);
        }
    }

    #[test]
    fn changed_bytes_are_no_panic(
        plan in plans(), edits in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4), cut in any::<Option<Index>>(),
    ) {
        let mut bytes = saved(&plan).into_bytes();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(read) = ReadPlan::from_json(&bytes) {
            check_read(&read, &read.digest.to_string());
        }
    }

    #[test]
    fn any_bytes_are_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(ReadPlan::from_json(&bytes).is_err());
    }
}

/// A plan with a milestone that a step makes, a release that is changed, one that is made, and links.
fn example() -> Value {
    let link = |name: &str| json!({"name": name, "url": "https://example.com/", "direct_asset_path": null, "link_type": "other"});
    let before = json!({
        "tag_name": "v1", "name": "v1", "description": "Old", "released_at": "2024-01-01T00:00:00Z",
        "created_at": "2024-01-01T00:00:00Z", "milestones": [], "links": [{"id": 5, "link": link("a")}],
        "has_evidence": false,
    });
    let step = |id: usize, needs: &[usize], action: Value| {
        let reason = json!({"cause": {"kind": "missing"}, "file": "releases.toml", "line": 3});
        json!({"id": id, "stage": "build", "needs": needs, "reasons": [reason], "action": action})
    };
    let new = json!({
        "tag_name": "v2", "name": null, "description": null, "released_at": null, "ref": "main", "tag_message": null,
        "milestones": ["m, n"], "links": [],
    });
    let changes = json!({
        "name": null, "description": {"before": "Old", "after": "New"}, "released_at": null, "timing": null,
        "milestones": null,
    });
    let milestone = json!({"title": "m, n", "description": null, "start_date": null, "due_date": "2024-02-01"});
    with_its_digest(json!({
        "format": 1, "relsync": "0.0.1", "created_at": "2024-01-02T00:00:00Z", "digest": "", "projects": [{
            "url": "https://gitlab.example.com", "files": ["releases.toml"], "refusals": [], "notes": [],
            "project": {"id": 24, "path": "root/app", "web_url": null, "group": null},
            "unmanaged": [], "unchanged": 0, "left_out": 0, "before": [before],
            "present_files": [{
                "tag_name": "v2", "package": "app", "version": "v2", "file_name": "app.zip", "path": "dist/app.zip",
                "text": null, "size": 3, "sha256": "0".repeat(64),
            }],
            "steps": [
                step(1, &[], json!({"kind": "create_milestone", "milestone": milestone})),
                step(2, &[], json!({"kind": "update_release", "tag_name": "v1", "changes": changes, "milestone_ids": null})),
                step(3, &[2], json!({
                    "kind": "update_link", "tag_name": "v1", "link_id": 5, "before": link("a"), "after": link("b"),
                })),
                step(4, &[1], json!({
                    "kind": "create_release", "timing": "current", "release": new,
                    "milestone_ids": [{"id": null, "made_by": 1}],
                })),
                step(5, &[4], json!({
                    "kind": "collect_evidence", "tag_name": "v2", "else_is": "failure", "new_release": true,
                })),
            ],
        }],
    }))
}

#[test]
fn each_flaw_is_said_with_its_place() {
    let good = example();
    let read = ReadPlan::from_json(good.to_string().as_bytes()).unwrap();
    assert!(matches!(read.projects[0].1.steps[3].action, Action::CreateRelease { .. }));
    let present = &good["projects"][0]["present_files"][0];
    let cases = [
        ("/projects/0/url", json!("https://user:secret@gitlab.example.com")),
        ("/projects/0/url", json!("file:///etc")),
        ("/projects/0/project/path", json!("..")),
        ("/projects/0/project", json!({"id": null, "path": null, "web_url": null, "group": null})),
        ("/projects/0/before/0/created_at", json!("yesterday")),
        ("/projects/0/before/0/released_at", json!("2024-01-01T01:00:00+01:00")),
        ("/projects/0/before/0/links/0/link/link_type", json!("exe\u{1b}[2J")),
        ("/projects/0/before", json!([])),
        ("/projects/0/before/0/links", json!([])),
        ("/projects/0/before/0/description", json!("Another\r\n")),
        ("/projects/0/before/0/milestones", json!(["b", "a"])),
        ("/projects/0/steps/0/id", json!(2)),
        ("/projects/0/steps/0/stage", json!("remove")),
        ("/projects/0/steps/0/reasons/0/file", json!("other.toml")),
        ("/projects/0/steps/0/reasons/0/line", json!(null)),
        ("/projects/0/steps/0/reasons/0/cause", json!({"kind": "missing", "why": "so"})),
        ("/projects/0/steps/0/reasons/0/cause", json!({"kind": "differs", "field": "colour"})),
        ("/projects/0/steps/0/action/milestone/due_date", json!("2024-02-30")),
        ("/projects/0/steps/1/action/tag_name", json!("..")),
        ("/projects/0/steps/1/action/tag_name", json!("v3")),
        ("/projects/0/steps/1/action/changes/description/before", json!("Else")),
        ("/projects/0/steps/1/action/kind", json!("format_disk")),
        ("/projects/0/steps/2/needs", json!([3])),
        ("/projects/0/steps/2/needs", json!([0])),
        ("/projects/0/steps/2/action/link_id", json!(6)),
        ("/projects/0/steps/2/action/link_id", json!("5")),
        ("/projects/0/steps/3/needs", json!([])),
        ("/projects/0/steps/3/action/milestone_ids", json!([])),
        ("/projects/0/steps/3/action/milestone_ids/0/made_by", json!(2)),
        ("/projects/0/steps/3/action/milestone_ids/0/made_by", json!(0)),
        ("/projects/0/steps/3/action/milestone_ids/0/id", json!(7)),
        ("/projects/0/steps/3/action/release/tag_name", json!("v1")),
        ("/projects/0/steps/4/needs", json!([])),
        ("/projects/0/steps/4/action/new_release", json!(false)),
        ("/projects/0/present_files/0/tag_name", json!("v3")),
        ("/projects/0/present_files/0/file_name", json!("../app.zip")),
        ("/projects/0/present_files/0/path", json!(null)),
        ("/projects/0/present_files/0/text", json!("one")),
        ("/projects/0/present_files/0/sha256", json!("0")),
        ("/projects/0/present_files", json!([present, present])),
        ("/projects/0/unchanged", json!(u64::MAX)),
        ("/projects/0/notes", json!([{"kind": "tags_made", "tag_names": ["v1", "v 2"]}])),
        (
            "/projects/0/refusals",
            json!([{"kind": "too_many_deletes", "deletes": 1, "allowed": 0, "limit": "07", "managed": 1}]),
        ),
        ("/projects", json!([good["projects"][0], good["projects"][0]])),
        ("/created_at", json!("2024-01-02")),
        ("/digest", json!("sha256:0")),
        ("/digest", json!(null)),
        ("/format", json!(2)),
        ("/format", json!("1")),
        ("", json!({"format": 1})),
        ("", json!(["format", 1])),
    ];
    let said: Vec<String> = cases
        .into_iter()
        .map(|(at, value)| {
            let mut file = good.clone();
            let what = value.to_string();
            *file.pointer_mut(at).unwrap() = value;
            let file = if at.starts_with("/projects") { with_its_digest(file) } else { file };
            format!("{at} = {}\n    {}", what.get(..80).unwrap_or(&what), message(&file))
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn what_is_added_or_taken_away_anywhere_is_found_out() {
    let good = example();
    let mut all = Vec::new();
    pointers(&good, "", &mut all);
    for at in all {
        let mut file = good.clone();
        let Some(object) = file.pointer_mut(&at).and_then(Value::as_object_mut) else { continue };
        object.insert("extra".to_owned(), json!(1));
        assert!(message(&file).contains("unknown field `extra`"), "{at}: {}", message(&file));
    }
}

#[test]
fn the_embedded_gitlabs_address_is_not_of_one_run() {
    let read = ReadPlan::from_json(example().to_string().as_bytes()).unwrap();
    let (_, mut plan) = read.projects.into_iter().next().unwrap();
    let mut digest = |page: &str| {
        plan.project.web_url = Some(page.to_owned());
        SavedPlan::new([(Address::Sandbox, &plan)], moment(1)).digest()
    };
    assert_eq!(digest("http://127.0.0.1:1/root/app"), digest("http://127.0.0.1:2/root/app"));
}
