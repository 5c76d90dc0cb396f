//! What holds for any live and any wished links.

use super::*;

/// Everything that must hold of the way from `before` to `wish`, also if it breaks off after `stop` writes.
pub(super) fn check(before: &[LiveLink], wish: &[DesiredLink], stop: usize, chance: u64) -> Result<(), String> {
    let plan = steps(before, wish);
    let end = target_links(before, wish);
    let mut in_order = Server::new(before);
    in_order.run(&plan)?;
    if in_order.sorted() != end {
        return Err(format!("the end is {:?}, not {end:?}", in_order.links));
    }
    is_wished(&in_order, wish)?;

    let mut side_by_side = Server::new(before);
    side_by_side.run_side_by_side(&plan, stop, chance)?;
    let rest = steps(&side_by_side.links, wish);
    side_by_side.run_side_by_side(&rest, usize::MAX, chance)?;
    is_wished(&side_by_side, wish)?;
    // Where each target is put on the link that is meant, a breakdown loses nothing, not even what is not managed.
    if all_stay_themselves(before, wish, &plan) && side_by_side.sorted() != end {
        return Err(format!("after a breakdown the end is {:?}, not {end:?}", side_by_side.links));
    }
    Ok(())
}

fn all_stay_themselves(before: &[LiveLink], wish: &[DesiredLink], plan: &[LinkStep]) -> bool {
    let is_made = |target: &Target, meant: usize| {
        let is_it = |write: &LinkWrite| matches!(write, LinkWrite::Update { live, to } if live.id == before[meant].id && *to == target.link);
        before[meant].link == target.link || plan.iter().any(|step| is_it(&step.write))
    };
    target::targets(before, wish).iter().all(|target| target.identity.is_none_or(|meant| is_made(target, meant)))
}

/// Whether all is as wished, nothing else is there, and nothing more would be done.
fn is_wished(server: &Server, wish: &[DesiredLink]) -> Result<(), String> {
    let meets = |live: &LiveLink, wish: &DesiredLink| {
        let Link { name, url, direct_asset_path, link_type } = &live.link;
        *name == wish.name
            && spelling::same(url, &wish.url)
            && wish.link_type.is_none_or(|wish| *link_type == wish)
            && match &wish.direct_asset_path {
                None => true,
                Some(PathWish::None) => direct_asset_path.is_none(),
                Some(PathWish::At(path)) => direct_asset_path.as_ref() == Some(path),
            }
    };
    let met = wish.iter().all(|wish| server.links.iter().any(|live| meets(live, wish)));
    let more = steps(&server.links, wish);
    if !met || server.links.len() != wish.len() || !more.is_empty() {
        return Err(format!("at the end there is {:?}, and still to do {more:?}", server.links));
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(60_000))]

    #[test]
    fn few_links(before in links(4), after in links(4), pathless: u8, typeless: u8, stop in 0..8usize, chance: u64) {
        check(&live(before), &wishes(&after, pathless, typeless), stop, chance).map_err(TestCaseError::fail)?;
    }
}

proptest! {
    #![proptest_config(config(20_000))]

    #[test]
    fn more_links(before in links(8), after in links(8), pathless: u8, typeless: u8, stop in 0..14usize, chance: u64) {
        check(&live(before), &wishes(&after, pathless, typeless), stop, chance).map_err(TestCaseError::fail)?;
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn many_links(before in links(40), after in links(40), stop in 0..60usize, chance: u64) {
        check(&live(before), &wishes(&after, 0, 0), stop, chance).map_err(TestCaseError::fail)?;
    }
}

/// Urls of which some are the same, spelled otherwise.
fn spelled(links: Vec<Link>, how: &[usize]) -> Vec<Link> {
    const HOSTS: [&str; 4] =
        ["https://example.com/", "https://EXAMPLE.com/", "https://example.com:443/", "HTTPS://example.com/"];
    let respell = |(mut link, how): (Link, &usize)| {
        link.url = link.url.replace("https://example.com/", HOSTS[*how]);
        link
    };
    links.into_iter().zip(how).map(respell).collect()
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn urls_spelled_otherwise_are_no_difference(links in links(5), how: [u8; 5], order in Just([0, 1, 2, 3, 4]).prop_shuffle()) {
        let how = how.map(|how| usize::from(how % 4));
        let mut wish = wishes(&spelled(links.clone(), &how), 0, 0);
        wish.sort_by_key(|wish| order[usize::from(wish.name.as_bytes()[0] - b'a')]);
        prop_assert_eq!(steps(&live(links), &wish), vec![]);
    }

    #[test]
    fn urls_spelled_otherwise_never_stand_in_the_way(
        before in links(4), after in links(4), how: [u8; 8], twice: u8, pathless: u8, typeless: u8, stop in 0..8usize, chance: u64,
    ) {
        let how = how.map(|how| usize::from(how % 4));
        let mut before = spelled(before, &how[..4]);
        let mut after = spelled(after, &how[4..]);
        // Two that differ in spelling only.
        for links in [&mut before, &mut after] {
            if let [first, second, ..] = &mut links[..] && twice % 3 == 0 {
                second.url = first.url.to_lowercase().replace("example", "ExAmPlE");
            }
        }
        check(&live(before), &wishes(&after, pathless, typeless), stop, chance).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn what_is_not_managed_survives_renames(before in links(5), renamed: u8, moved: u8) {
        let live = live(before.clone());
        let mut wish = wishes(&before, u8::MAX, u8::MAX);
        for (i, wish) in wish.iter_mut().enumerate() {
            // A new name or a new url; never both.
            if renamed >> i & 1 == 1 {
                wish.name.push_str(" renamed");
            } else if moved >> i & 1 == 1 {
                wish.url.push_str("/moved");
            }
        }
        let mut server = Server::new(&live);
        server.run(&steps(&live, &wish)).map_err(TestCaseError::fail)?;
        let kept = |link: &LiveLink| (link.id, link.link.link_type, link.link.direct_asset_path.clone());
        let mut after: Vec<_> = server.links.iter().map(kept).collect();
        after.sort_by_key(|kept| kept.0);
        prop_assert_eq!(after, live.iter().map(kept).collect::<Vec<_>>());
    }

    #[test]
    fn the_same_input_gives_the_same_steps(before in links(6), after in links(6)) {
        let (before, wish) = (live(before), wishes(&after, 0, 0));
        prop_assert_eq!(steps(&before, &wish), steps(&before, &wish));
    }
}
