//! Long histories: as few requests as GitLab allows, the oldest release first.

use crate::over_http::House;
use crate::wishes::moment;
use proptest::prelude::*;
use relsync::apply::{self, Event, Pace};
use relsync::model::{
    Current, Description, Desired, DesiredLink, DesiredRelease, LinkPlaces, Moment, Project, ProjectRef, TagName,
};
use relsync::plan::{Action, Plan, Selection};
use relsync::sandbox::{Options, SeedSource};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::num::NonZeroUsize;

const LINKS: usize = 5;

fn release(tag: String, day: Option<u8>) -> DesiredRelease {
    let link = |nth: usize| DesiredLink {
        name: format!("asset {nth}"),
        url: format!("https://dl.example.com/{tag}/{nth}"),
        direct_asset_path: None,
        link_type: None,
        places: LinkPlaces::default(),
    };
    DesiredRelease {
        description: Some(Description::new(&format!("What is new in {tag}"))),
        released_at: day.map(moment),
        links: Some((0..LINKS).map(link).collect()),
        ..DesiredRelease::new(TagName::from_git(tag))
    }
}

/// The new releases in the plan's order.
fn created(plan: &Plan) -> Vec<(String, Option<Moment>)> {
    let new = |action: &Action| match action {
        Action::CreateRelease { release, .. } => Some((release.tag_name.to_string(), release.released_at)),
        _ => None,
    };
    plan.steps.iter().filter_map(|step| new(&step.action)).collect()
}

fn plan(releases: Vec<DesiredRelease>) -> Plan {
    let current = Current {
        project: Project::unread(ProjectRef::Path("root/app".into())),
        releases: BTreeMap::new(),
        milestones: None,
        by_job_token: false,
        packages: relsync::model::Packages::default(),
        missing_tags: BTreeSet::new(),
        protected_tags: BTreeSet::new(),
    };
    Plan::new(&Desired { releases, ..Desired::default() }, &current, &Selection::default(), moment(10))
}

proptest! {
    #[test]
    fn new_releases_come_as_they_were_released(
        days in prop::collection::vec(prop::option::of(0..20u8), 0..12),
        order in Just((0..12usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let releases = |nth: usize| Some(release(format!("v1.{nth}"), *days.get(nth)?));
        let given: Vec<_> = order.into_iter().filter_map(releases).collect();
        let tags: Vec<_> = given.iter().map(|wish| wish.tag_name.to_string()).collect();
        let place = |tag: &str| tags.iter().position(|known| known == tag).unwrap();
        let number = |tag: &str| tag.trim_start_matches("v1.").parse::<usize>().unwrap();
        let plan = plan(given);
        let created = created(&plan);
        prop_assert_eq!(created.len(), tags.len());
        for pair in created.windows(2) {
            let [(one, of_one), (other, of_other)] = pair else { unreachable!() };
            // One without a date is of now, after those that were released until now.
            let [at_one, at_other] = [of_one, of_other].map(|at| at.unwrap_or(moment(10)));
            prop_assert!(at_one <= at_other, "{one} {other}");
            match (of_one, of_other) {
                (Some(_), Some(_)) if at_one == at_other => prop_assert!(number(one) < number(other)),
                (None, None) => prop_assert!(place(one) < place(other), "{one} {other} in {tags:?}"),
                _ => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_takes_one_request_a_release_and_is_begun_in_its_order() {
    const COUNT: usize = 230;
    let mut seed = "[[projects]]\nid = 24\npath = \"root/app\"\n".to_owned();
    for nth in 0..COUNT {
        let _ = write!(seed, "[[projects.tags]]\nname = \"v{nth}\"\n");
    }
    let seed = Some(SeedSource::Text { name: "the seed".into(), text: seed });
    let house = House::with(Options { seed, ..Options::default() }, |settings| settings).await;
    // Newest first, as many write them; ten of each day.
    let releases = (0..COUNT).rev().map(|nth| release(format!("v{nth}"), u8::try_from(nth / 10).ok()));
    let plan = house.plan(&Desired { releases: releases.collect(), ..Desired::default() }).await;
    let mut begun = Vec::new();
    let pace = Pace::new(NonZeroUsize::new(8).unwrap());
    let outcome = apply::run(&house.client, &plan, pace, &apply::Files::none(), std::future::pending(), |event| {
        if let Event::Started(id) = event {
            begun.push(plan.steps[id.0].action.tag_name().unwrap().to_string());
        }
    })
    .await;
    assert!(outcome.is_success());
    assert_eq!(begun, (0..COUNT).map(|nth| format!("v{nth}")).collect::<Vec<_>>());
    let counts = [
        ("POST", "/projects/:id/releases", 230),
        // What there is, and the tags: a page for each hundred.
        ("GET", "/projects/:id/releases", 1),
        ("GET", "/projects/:id/repository/tags", 3),
        ("GET", "/projects/:id/releases/:tag_name", 0),
        ("GET", "/projects/:id/repository/tags/:tag_name", 0),
    ];
    for (method, route, count) in counts {
        assert_eq!(house.requests(method, route).await, count, "{method} {route}");
    }
}
