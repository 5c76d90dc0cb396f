//! Any manifest, and any state of GitLab, over few names so that they meet.

use proptest::prelude::*;
use proptest::sample::subsequence;
use relsync::model::{
    AssetPath, Current, Description, Desired, DesiredLink, DesiredMilestone, DesiredRelease, EvidenceWish, LinkId,
    LinkPlaces, LinkType, LiveLink, MaxDeletes, Milestone, MilestoneId, MilestonePlaces, MilestoneScope,
    MilestoneState, MissingMilestones, Moment, PathWish, Policy, Project, ProjectRef, Release, TagName, TagPatterns,
    Unmanaged,
};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) const TAGS: [&str; 5] = ["v1.0", "v1.1", "debian/2.4.0-1", "v1.0+build#3", "выпуск-1"];
pub(crate) const TITLES: [&str; 3] = ["alpha", "beta, or so", "gamma"];
/// The title of a milestone of the group.
const OF_GROUP: &str = "all of us";

pub(crate) fn moment(day: u8) -> Moment {
    Moment::new(format!("2024-01-{:02}T10:00:00Z", day + 1).parse().unwrap())
}

fn text() -> impl Strategy<Value = Description> {
    prop::sample::select(vec!["", "one line", "# Notes\n\n- a\n- b", "ünïcode 🎉\n\n\tcode", "trailing  \nspaces"])
        .prop_map(Description::new)
}

fn date() -> impl Strategy<Value = jiff::civil::Date> {
    (1..28i8).prop_map(|day| jiff::civil::date(2024, 3, day))
}

fn links() -> impl Strategy<Value = Vec<DesiredLink>> {
    let shuffled = || Just((0..4).collect::<Vec<usize>>()).prop_shuffle();
    let rest = prop::collection::vec((0..3usize, prop::option::of(0..4usize)), 4);
    (0..=4usize, shuffled(), shuffled(), shuffled(), rest).prop_map(|(count, names, urls, paths, rest)| {
        let link = |i: usize| DesiredLink {
            name: format!("link {}", names[i]),
            url: format!("https://example.com/{}", urls[i]),
            direct_asset_path: match rest[i].0 {
                0 => None,
                1 => Some(PathWish::None),
                _ => Some(PathWish::At(AssetPath::parse(&format!("/bin/{}", paths[i])).unwrap())),
            },
            link_type: rest[i].1.map(|t| LinkType::ALL[t]),
            places: LinkPlaces::default(),
        };
        (0..count).map(link).collect()
    })
}

fn titles() -> impl Strategy<Value = BTreeSet<String>> {
    let all = [&TITLES[..], &[OF_GROUP]].concat();
    let count = all.len();
    subsequence(all, 0..=count).prop_map(|titles| titles.into_iter().map(str::to_owned).collect())
}

fn release(tag: &'static str) -> impl Strategy<Value = DesiredRelease> {
    (
        prop::option::of("[a-zA-Z ]{0,8}x"),
        prop::option::of(text()),
        prop::option::of((0..20u8).prop_map(moment)),
        prop::option::of(titles()),
        prop::option::of(links()),
        prop::option::of(
            prop::bool::ANY.prop_map(|collect| if collect { EvidenceWish::Collect } else { EvidenceWish::Leave }),
        ),
    )
        .prop_map(move |(name, description, released_at, milestones, links, evidence)| DesiredRelease {
            name,
            description,
            released_at,
            milestones,
            links,
            evidence,
            git_ref: Some("main".to_owned()),
            ..DesiredRelease::new(TagName::parse(tag).unwrap())
        })
}

fn milestone(title: &'static str) -> impl Strategy<Value = DesiredMilestone> {
    (
        prop::option::of(text()),
        prop::option::of(prop::bool::ANY.prop_map(|closed| MilestoneState::ALL[usize::from(closed)])),
        prop::option::of(date()),
    )
        .prop_map(move |(description, state, start_date)| DesiredMilestone {
            title: title.to_owned(),
            description,
            state,
            start_date,
            due_date: start_date.map(|_| jiff::civil::date(2024, 4, 1)),
            places: MilestonePlaces::default(),
        })
}

/// A manifest that is refused for nothing: milestones may be made, and as many deletes as there are releases.
pub(crate) fn desired() -> impl Strategy<Value = Desired> {
    let releases = subsequence(TAGS.to_vec(), 1..=TAGS.len())
        .prop_shuffle()
        .prop_flat_map(|tags| tags.into_iter().map(release).collect::<Vec<_>>());
    let milestones = subsequence(TITLES.to_vec(), 0..=TITLES.len())
        .prop_flat_map(|titles| titles.into_iter().map(milestone).collect::<Vec<_>>());
    let protect = prop::option::of(prop::sample::select(vec!["v1.1", "debian/*"]));
    (releases, milestones, 0..3u8, protect).prop_map(|(releases, milestones, unmanaged, protect)| Desired {
        files: Vec::new(),
        shared_files: Vec::new(),
        policy: Policy {
            unmanaged: [Unmanaged::Ignore, Unmanaged::Report, Unmanaged::Delete][usize::from(unmanaged)],
            tags: TagPatterns::default(),
            max_deletes: MaxDeletes::Count(99),
            milestones: MissingMilestones::Create,
            protect: protect.map(|pattern| TagPatterns::new(&[pattern.to_owned()]).unwrap()),
            unmanaged_place: None,
            delete_packages: false,
        },
        milestones,
        releases,
    })
}

/// GitLab as somebody else left it, some releases with evidence, and some without their git tag.
pub(crate) fn current() -> impl Strategy<Value = Current> {
    let tags = || subsequence(TAGS.to_vec(), 0..=TAGS.len());
    let rarely = prop_oneof![3 => Just(Vec::new()), 1 => tags()];
    (desired(), tags(), rarely).prop_map(|(left, with_evidence, lost)| {
        let mut ids = 1..;
        let titles: BTreeSet<String> = left
            .milestones
            .iter()
            .map(|m| m.title.clone())
            .chain(left.releases.iter().flat_map(|r| r.milestones.clone().unwrap_or_default()))
            .chain([OF_GROUP.to_owned()])
            .collect();
        let milestone = |(id, title): (u64, String)| {
            let as_left = left.milestones.iter().find(|m| m.title == title);
            Milestone {
                id: MilestoneId(id),
                scope: if title == OF_GROUP { MilestoneScope::Group } else { MilestoneScope::Project },
                description: as_left.and_then(|m| m.description.clone()).unwrap_or_default(),
                start_date: as_left.and_then(|m| m.start_date),
                due_date: as_left.and_then(|m| m.due_date),
                state: as_left.and_then(|m| m.state).unwrap_or(MilestoneState::Active),
                title,
            }
        };
        let release = |wish: DesiredRelease| Release {
            name: wish.name.unwrap_or_else(|| wish.tag_name.to_string()),
            description: wish.description.unwrap_or_default(),
            released_at: wish.released_at.unwrap_or(moment(25)),
            created_at: moment(10),
            milestones: wish.milestones.unwrap_or_default(),
            links: wish
                .links
                .unwrap_or_default()
                .iter()
                .map(|link| LiveLink { id: LinkId(ids.next().unwrap()), link: link.to_new() })
                .collect(),
            has_evidence: with_evidence.contains(&wish.tag_name.as_str()),
            tag_name: wish.tag_name,
        };
        Current {
            project: Project::unread(ProjectRef::Path("root/app".into())),
            milestones: Some((1..).zip(titles).map(milestone).collect()),
            packages: relsync::model::Packages::default(),
            missing_tags: lost.into_iter().map(TagName::from_git).collect(),
            releases: left.releases.into_iter().map(release).map(|r| (r.tag_name.clone(), Arc::new(r))).collect(),
            by_job_token: false,
            protected_tags: BTreeSet::new(),
        }
    })
}

/// The manifest that says of everything what `current` has.
pub(crate) fn exactly(current: &Current) -> Desired {
    let release = |live: &Arc<Release>| DesiredRelease {
        name: Some(live.name.clone()),
        description: Some(live.description.clone()),
        released_at: Some(live.released_at),
        milestones: Some(live.milestones.clone()),
        links: Some(live.links.iter().rev().map(whole).collect()),
        ..DesiredRelease::new(live.tag_name.clone())
    };
    let milestone = |live: &Milestone| DesiredMilestone {
        title: live.title.clone(),
        description: Some(live.description.clone()),
        start_date: live.start_date,
        due_date: live.due_date,
        state: Some(live.state),
        places: MilestonePlaces::default(),
    };
    let own = current.milestones.iter().flatten().filter(|m| m.scope == MilestoneScope::Project);
    Desired {
        files: Vec::new(),
        policy: Policy { unmanaged: Unmanaged::Delete, ..Policy::default() },
        milestones: own.map(milestone).collect(),
        releases: current.releases.values().rev().map(release).collect(),
        shared_files: Vec::new(),
    }
}

fn whole(live: &LiveLink) -> DesiredLink {
    let link = live.link.clone();
    DesiredLink {
        name: link.name,
        url: link.url,
        direct_asset_path: Some(link.direct_asset_path.map_or(PathWish::None, PathWish::At)),
        link_type: Some(link.link_type),
        places: LinkPlaces::default(),
    }
}
