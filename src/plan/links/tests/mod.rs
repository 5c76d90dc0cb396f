//! Links of one release from any set to any other: random ones here, written out ones in [`examples`] and [`found`].

mod examples;
mod found;
mod properties;
mod shortest;

use super::*;
use crate::model::{LinkId, LinkPlaces, LinkType};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What GitLab does: refuses every clash.
#[derive(Debug, Clone)]
struct Server {
    links: Vec<LiveLink>,
    next: u64,
}

impl Server {
    fn new(links: &[LiveLink]) -> Self {
        Self { links: links.to_vec(), next: 1000 }
    }

    fn write(&mut self, write: &LinkWrite) -> Result<(), String> {
        let (gone, new) = match write {
            LinkWrite::Delete(live) => (Some(live), None),
            LinkWrite::Update { live, to } if live.link == *to => return Err(format!("{to:?} changes nothing")),
            LinkWrite::Update { live, to } => (Some(live), Some(LiveLink { id: live.id, link: to.clone() })),
            LinkWrite::Create(link) => {
                self.next += 1;
                (None, Some(LiveLink { id: LinkId(self.next), link: link.clone() }))
            }
        };
        if let Some(gone) = gone {
            let at = self.links.iter().position(|l| l == gone).ok_or_else(|| format!("there is no {gone:?}"))?;
            self.links.remove(at);
        }
        if let Some(new) = new {
            let clash = self.links.iter().find(|l| held(&l.link).any(|v| held(&new.link).any(|w| v == w)));
            if let Some(clash) = clash {
                return Err(format!("{new:?} clashes with {clash:?}"));
            }
            self.links.push(new);
        }
        Ok(())
    }

    /// Writes everything, in the order of the list.
    fn run(&mut self, steps: &[LinkStep]) -> Result<(), String> {
        steps.iter().try_for_each(|step| self.write(&step.write))
    }

    /// Writes `count` of the steps, in some order that `chance` chooses of those that the dependencies allow.
    fn run_side_by_side(&mut self, steps: &[LinkStep], count: usize, mut chance: u64) -> Result<(), String> {
        let mut done = BTreeSet::new();
        for _ in 0..count.min(steps.len()) {
            let is_ready = |i: &usize| !done.contains(i) && steps[*i].after.iter().all(|a| done.contains(a));
            let ready: Vec<_> = (0..steps.len()).filter(is_ready).collect();
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let turn = usize::try_from(chance >> 33).unwrap() % ready.len().max(1);
            let next = *ready.get(turn).ok_or("the dependencies go round in a circle")?;
            self.write(&steps[next].write)?;
            done.insert(next);
        }
        Ok(())
    }

    fn sorted(&self) -> Vec<Link> {
        sorted(self.links.iter().map(|l| l.link.clone()))
    }
}

fn sorted(links: impl IntoIterator<Item = Link>) -> Vec<Link> {
    let mut links: Vec<_> = links.into_iter().collect();
    links.sort();
    links
}

/// At most `most` links, of as many names, urls and paths; one name and one url look like temporary ones.
fn links(most: usize) -> impl Strategy<Value = Vec<Link>> {
    let draw = prop::collection::vec((0..most, 0..most, 0..2 * most, 0..4usize), 0..=most);
    draw.prop_map(move |drawn| {
        let [mut names, mut urls, mut paths] = [0, 1, 2].map(|_| (0..most).collect::<Vec<_>>());
        let mut pick = |name, url, path, link_type: usize| Link {
            name: odd(names.remove(name % names.len()), "a (relsync 1)", name_of),
            url: odd(urls.remove(url % urls.len()), "https://example.com/0#relsync-1", url_of),
            direct_asset_path: (path < most).then(|| path_of(paths.remove(path % paths.len()))),
            link_type: LinkType::ALL[link_type],
        };
        drawn.into_iter().map(|(name, url, path, link_type)| pick(name, url, path, link_type)).collect()
    })
}

fn odd(i: usize, second: &str, other: impl Fn(usize) -> String) -> String {
    if i == 1 { second.to_owned() } else { other(i) }
}

fn name_of(i: usize) -> String {
    if i < 26 { char::from(b'a' + u8::try_from(i).unwrap()).to_string() } else { format!("link {i}") }
}

fn url_of(i: usize) -> String {
    format!("https://example.com/{i}")
}

fn path_of(i: usize) -> AssetPath {
    AssetPath::from_gitlab(format!("/bin/{i}"))
}

fn live(links: impl IntoIterator<Item = Link>) -> Vec<LiveLink> {
    links.into_iter().zip(1..).map(|(link, id)| LiveLink { id: LinkId(id), link }).collect()
}

/// The wish for exactly this link.
fn whole(link: &Link) -> DesiredLink {
    DesiredLink {
        name: link.name.clone(),
        url: link.url.clone(),
        direct_asset_path: Some(link.direct_asset_path.clone().map_or(PathWish::None, PathWish::At)),
        link_type: Some(link.link_type),
        places: LinkPlaces::default(),
    }
}

/// Wishes for `links`, without the path of those whose bit is set in `pathless`, and without the type of those in `typeless`.
fn wishes(links: &[Link], pathless: u8, typeless: u8) -> Vec<DesiredLink> {
    let is_set = |bits: u8, i: usize| bits >> (i % 8) & 1 == 1;
    let wish = |(i, link): (usize, &Link)| {
        let mut wish = whole(link);
        wish.direct_asset_path = wish.direct_asset_path.filter(|_| !is_set(pathless, i));
        wish.link_type = wish.link_type.filter(|_| !is_set(typeless, i));
        wish
    };
    links.iter().enumerate().map(wish).collect()
}

fn target_links(live: &[LiveLink], wished: &[DesiredLink]) -> Vec<Link> {
    sorted(target::targets(live, wished).into_iter().map(|target| target.link))
}
