//! Cases that can be told in a sentence.

use super::*;

/// Links that share no value, each with a path.
fn plain(n: usize) -> Vec<Link> {
    let link = |i| Link {
        name: name_of(i),
        url: url_of(i),
        direct_asset_path: Some(path_of(i)),
        link_type: LinkType::ALL[i % 4],
    };
    (0..n).map(link).collect()
}

/// The steps, which are legal and get there.
fn run(before: &[Link], wish: &[DesiredLink]) -> Vec<LinkStep> {
    let before = live(before.to_vec());
    let steps = steps(&before, wish);
    let mut server = Server::new(&before);
    server.run(&steps).unwrap();
    assert_eq!(server.sorted(), target_links(&before, wish));
    steps
}

/// `links` with what `field` gives access to passed on by one.
fn rotated<T: Clone>(links: &[Link], field: impl Fn(&mut Link) -> &mut T) -> Vec<Link> {
    let mut values: Vec<T> = links.to_vec().iter_mut().map(|l| field(l).clone()).collect();
    values.rotate_left(1);
    let mut links = links.to_vec();
    links.iter_mut().zip(values).for_each(|(link, value)| *field(link) = value);
    links
}

fn updates_only(steps: &[LinkStep]) -> bool {
    steps.iter().all(|step| matches!(step.write, LinkWrite::Update { .. }))
}

#[test]
fn values_passed_round_cost_one_step_more() {
    for n in [2, 3, 5, 30, 1000] {
        let before = plain(n);
        for after in [
            rotated(&before, |l| &mut l.name),
            rotated(&before, |l| &mut l.url),
            rotated(&before, |l| &mut l.direct_asset_path),
        ] {
            let steps = run(&before, &wishes(&after, 0, 0));
            assert_eq!(steps.len(), n + 1);
            assert!(updates_only(&steps));
            // A link is known by its name, and stays what it is.
            let ends = steps.iter().filter_map(|step| match &step.write {
                LinkWrite::Update { live, to } => Some((live.id.0, to.name.clone())),
                _ => None,
            });
            assert!(ends.into_iter().all(|(id, name)| name == name_of(usize::try_from(id).unwrap() - 1)));
        }
    }
}

#[test]
fn two_names_are_swapped_in_three_steps() {
    let before = [link("a", 0), link("b", 1)];
    let steps = run(&before, &[wish("b", 0), wish("a", 1)]);
    let told: Vec<_> = steps.iter().map(told).collect();
    // By its name is a link known, so it is the urls that are swapped.
    assert_eq!(
        told,
        [
            "1 is a https://example.com/1#relsync-1, after []",
            "2 is b https://example.com/0, after [0]",
            "1 is a https://example.com/1, after [0, 1]",
        ]
    );
}

#[test]
fn two_swaps_take_five_steps() {
    let before = [link("a", 0), link("b", 1), link("c", 2), link("d", 3)];
    let steps = run(&before, &[wish("b", 0), wish("a", 1), wish("d", 2), wish("c", 3)]);
    let told: Vec<_> = steps.iter().map(told).collect();
    // The last of one circle takes the place of the first of the other, which so need not step aside.
    assert_eq!(
        told,
        [
            "1 is c (relsync 1) https://example.com/3#relsync-1, after []",
            "2 is b https://example.com/0, after [0]",
            "3 is a https://example.com/1, after [0, 1]",
            "4 is d https://example.com/2, after [2]",
            "1 is c https://example.com/3, after [0, 2, 3]",
        ]
    );
}

#[test]
fn a_link_too_many_or_too_few_opens_a_circle() {
    let steps = run(&[link("a", 0), link("b", 1), link("c", 2)], &[wish("b", 0), wish("a", 1)]);
    assert_eq!(told(&steps[0]), "1 is gone, after []");
    assert_eq!(steps.len(), 3);
    let steps = run(&[link("a", 0), link("b", 1)], &[wish("b", 0), wish("a", 1), wish("c", 2)]);
    assert_eq!(told(&steps[2]), "there is a https://example.com/1, after [0, 1]");
    assert_eq!(steps.len(), 3);
}

#[test]
fn a_chain_takes_one_step_a_link() {
    let before: Vec<_> = (0..100).map(|i| link(&format!("v{i}"), i)).collect();
    let wish: Vec<_> = (0..100).map(|i| wish(&format!("v{}", i + 1), i)).collect();
    let steps = run(&before, &wish);
    assert_eq!(steps.len(), 100);
    assert!(updates_only(&steps));
}

#[test]
fn a_new_link_has_no_need_of_the_old_ones() {
    let steps = run(&[link("a", 0), link("b", 1)], &[wish("b", 0), wish("c", 1)]);
    assert_eq!(steps.len(), 2);
    assert!(updates_only(&steps), "{steps:?}");
}

#[test]
fn what_looking_for_partners_one_by_one_misses() {
    let before = [link("e", 0), link("b", 2), link("a", 3), link("d", 1)];
    let steps = run(&before, &[wish("e", 4), wish("c", 1), wish("b", 0), wish("d", 3)]);
    assert_eq!(steps.len(), 4);
    assert!(updates_only(&steps));
}

#[test]
fn the_link_that_nobody_means_is_the_one_that_is_deleted() {
    let steps = run(&[link("old", 0), link("a", 1)], &[wish("a", 2)]);
    let told: Vec<_> = steps.iter().map(told).collect();
    assert_eq!(told, ["1 is gone, after []", "2 is a https://example.com/2, after []"]);
}

#[test]
fn temporary_values_clash_with_nothing() {
    let mut before = vec![link("a", 0), link("b", 1), link("c", 2)];
    before[2].url = "https://example.com/1#relsync-1".into();
    let steps = run(&before, &[wish("b", 0), wish("a", 1)]);
    assert_eq!(steps.len(), 3);
    let steps = run(&before, &[wish("b", 0), wish("a", 1), whole(&before[2])]);
    assert_eq!(told(&steps[0]), "1 is a https://example.com/1#relsync-2, after []");
}

#[test]
fn a_url_that_has_a_fragment_keeps_it() {
    let mut before = vec![link("a", 0), link("b", 1)];
    before[0].url.push_str("#top");
    before[1].url.push_str("#end");
    let mut wish = vec![wish("a", 1), wish("b", 0)];
    wish[0].url.push_str("#end");
    wish[1].url.push_str("#top");
    let steps = run(&before, &wish);
    assert_eq!(told(&steps[0]), "1 is a https://example.com/1#end-relsync-1, after []");
}

fn link(name: &str, url: usize) -> Link {
    Link { name: name.to_owned(), url: url_of(url), direct_asset_path: None, link_type: LinkType::Other }
}

/// Says nothing of path and type.
fn wish(name: &str, url: usize) -> DesiredLink {
    DesiredLink { direct_asset_path: None, link_type: None, ..whole(&link(name, url)) }
}

fn told(step: &LinkStep) -> String {
    let after = &step.after;
    match &step.write {
        LinkWrite::Delete(live) => format!("{} is gone, after {after:?}", live.id.0),
        LinkWrite::Update { live, to } => format!("{} is {} {}, after {after:?}", live.id.0, to.name, to.url),
        LinkWrite::Create(link) => format!("there is {} {}, after {after:?}", link.name, link.url),
    }
}
