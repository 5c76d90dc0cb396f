//! The `Link` header, which says where a list's next page is.

/// The address in `<address>; rel="next", <…>; rel="last"`.
pub(crate) fn next_link(links: &str) -> Option<&str> {
    links.split('<').filter_map(|part| part.split_once('>')).find_map(|(address, parameters)| {
        parameters.split([';', ',']).any(|p| matches!(p.trim(), r#"rel="next""# | "rel=next")).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_among_the_others() {
        let links =
            r#"<https://h/a?page=1>; rel="prev", <https://h/a?page=3&x=a,b>; rel="next", <https://h/a>; rel="last""#;
        assert_eq!(next_link(links), Some("https://h/a?page=3&x=a,b"));
        assert_eq!(next_link("<https://h/a>; rel=next"), Some("https://h/a"));
        assert_eq!(next_link(r#"<https://h/a>; rel="last""#), None);
    }
}
