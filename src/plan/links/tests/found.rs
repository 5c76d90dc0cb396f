//! What the properties have found, shrunk as far as they could, with the values they found.

use super::*;

fn link(name: &str, url: &str, path: Option<usize>) -> Link {
    Link {
        name: name.to_owned(),
        url: url.to_owned(),
        direct_asset_path: path.map(path_of),
        link_type: LinkType::Other,
    }
}

/// Stops after every possible number of steps.
fn check(before: &[Link], wish: &[DesiredLink]) {
    let before = live(before.to_vec());
    for stop in 0..10 {
        for chance in 0..10 {
            properties::check(&before, wish, stop, chance).unwrap();
        }
    }
}

/// Temporary values only kept away from what differs.
#[test]
fn a_link_that_stays_has_what_looks_like_a_temporary_url() {
    let mut after = [
        link("a", "https://example.com/1", None),
        link("b", "https://example.com/0", None),
        link("c", "https://example.com/1#relsync-1", None),
    ];
    let before = [link("a", "https://example.com/0", None), link("b", "https://example.com/1", None), after[2].clone()];
    check(&before, &wishes(&after, 0, 0));
    // The same in a wish that is only to be made.
    after[2].name = "d".into();
    check(&before[..2], &wishes(&after, 0, 0));
}

/// The link meant by "d" is known by its url only, which it lends away, so that its path was lost in a breakdown.
#[test]
fn one_url_spelled_twice_is_swapped() {
    let before = [link("c", "https://example.com/3", Some(0)), link("a (relsync 1)", "https://ExAmPlE.com/3", Some(1))];
    let after = [link("a (relsync 1)", "https://example.com/3", Some(1)), link("d", "https://ExAmPlE.com/3", Some(0))];
    check(&before, &wishes(&after, 2, 0));
}

/// Only the first of the links with one url was looked at, so that "a" meant the second one only after a breakdown.
#[test]
fn one_url_is_spelled_in_four_ways() {
    let before = [link("a (relsync 1)", "HTTPS://example.com/3", Some(0)), link("d", "https://ExAmPlE.com/3", Some(1))];
    let after = [link("c", "https://example.com:443/3", Some(0)), link("a", "https://ExAmPlE.com:443/3", Some(1))];
    check(&before, &wishes(&after, 106, 0));
}
