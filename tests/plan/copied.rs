//! Whatever the embedded GitLab was made to hold, a copy of it holds the same: what was read, written down as a seed.

use crate::over_http::House;
use crate::wishes::{desired, moment};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use relsync::model::{Current, Link, Milestone, MilestoneId, ProjectId, ProjectRef, Release};
use relsync::plan::{Plan, Selection};
use relsync::sandbox::{Options, SeedSource};
use relsync::snapshot::{self, Asker, Copied, Interest, Surroundings};
use std::collections::BTreeMap;

/// All that was read, without what GitLab numbers by itself.
fn state(current: &Current) -> (Vec<Milestone>, Vec<(Release, Vec<Link>)>) {
    let mut milestones: Vec<_> = current.milestones.clone().unwrap();
    for milestone in &mut milestones {
        milestone.id = MilestoneId(0);
    }
    milestones.sort_by(|one, other| one.title.cmp(&other.title));
    let release = |release: &Release| {
        let mut links: Vec<_> = release.links.iter().map(|live| live.link.clone()).collect();
        links.sort();
        (Release { links: Vec::new(), ..release.clone() }, links)
    };
    (milestones, current.releases.values().map(|live| release(live)).collect())
}

async fn read(house: &House) -> Current {
    snapshot::read(&house.client, &ProjectRef::Id(ProjectId(24)), Interest { milestones: true }).await.unwrap()
}

#[test]
fn a_copy_is_as_the_original() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) };
    TestRunner::new(config)
        .run(&(desired(), desired()), |(first, second)| {
            runtime.block_on(async {
                let original = House::start().await;
                let plan = original.plan(&first).await;
                original.apply(&plan, usize::MAX).await;
                let current = read(&original).await;
                let plan = original.plan(&second).await;
                let around = Surroundings {
                    asker: Asker::Nobody,
                    is_archived: false,
                    default_branch: Some("main".into()),
                    refs: BTreeMap::new(),
                    protected_tags: None,
                    quota: None,
                };
                let tags = plan.tag_names();
                let text = snapshot::seed(&[Copied { current: &current, around: &around, tags: &tags }]).unwrap();
                let seed = Some(SeedSource::Text { name: "the copy".into(), text });
                let copy = House::with(Options { seed, ..Options::default() }, |settings| settings).await;
                let copied = read(&copy).await;
                prop_assert_eq!(state(&copied), state(&current));
                let plan = |current| Plan::new(&second, current, &Selection::default(), moment(28)).steps.len();
                prop_assert_eq!(plan(&copied), plan(&current));
                Ok(())
            })
        })
        .unwrap();
}
