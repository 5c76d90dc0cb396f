//! Texts from the other side, made into one short and harmless line.
//!
//! GitLab words its errors in half a dozen forms, proxies in HTML, and some texts hold what users typed. Nothing of
//! that may draw on a terminal, hide in it, or flood it.

use crate::model;
use serde_json::Value;

/// As long as a message may get, in characters.
const LONGEST: usize = 500;

/// What an error body says; empty if it says nothing.
pub(crate) fn of_body(body: &str) -> String {
    if let Ok(json) = serde_json::from_str::<Value>(body) {
        of_json(&json)
    } else if is_html(body) {
        web_page(body)
    } else {
        body.to_owned()
    }
}

/// Whether `body` is a web page rather than an API's answer.
pub(crate) fn is_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

/// Names a web page by its title or first words. Worded so that no page passes for GitLab's own "Not Found".
pub(crate) fn web_page(html: &str) -> String {
    let title = between(html, "<title", "</title").and_then(|t| t.split_once('>')).map(|(_, title)| title);
    let text = match title {
        Some(title) if !title.trim().is_empty() => title.to_owned(),
        _ => without_tags(html),
    };
    match one_line(&text) {
        text if text.is_empty() => "a web page".to_owned(),
        text => format!("a web page, \"{}\"", text.chars().take(120).collect::<String>()),
    }
}

/// `text` on one line, with what a terminal would act on or hide written out (`\u{1b}`), and cut at a sensible length.
pub(crate) fn harmless(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(LONGEST) {
        None => model::harmless(&text).into_owned(),
        Some((end, _)) => format!("{}…", model::harmless(&text[..end])),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn of_json(json: &Value) -> String {
    let part = |key: &str| json.get(key).map(flat).filter(|text| !text.is_empty());
    match (part("message"), part("error"), part("error_description")) {
        (Some(message), _, _) => message,
        (None, Some(error), Some(description)) => format!("{error}: {description}"),
        (None, Some(error), None) => error,
        (None, None, Some(description)) => description,
        (None, None, None) => flat(json),
    }
}

/// `{"name": ["is too long", "is odd"]}` is "name is too long, is odd"; `base` and `error` are no fields.
fn flat(json: &Value) -> String {
    match json {
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => json.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(flat).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| match (name.as_str(), flat(value)) {
                (_, text) if text.is_empty() => None,
                ("base" | "error", text) => Some(text),
                (name, text) => Some(format!("{name} {text}")),
            };
            fields.iter().filter_map(field).collect::<Vec<_>>().join("; ")
        }
    }
}

/// What lies between the first `start` and the `end` after it, in any case.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let lower = text.to_ascii_lowercase();
    let from = lower.find(start)? + start.len();
    let to = from + lower.get(from..)?.find(end)?;
    text.get(from..to)
}

fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_error_body_is_one_line() {
        for (body, line) in [
            (r#"{"message":"404 Not Found"}"#, "404 Not Found"),
            (r#"{"message":{"name":["is blank","is odd"],"base":["No."]}}"#, "No.; name is blank, is odd"),
            (r#"{"message":["Name has already been taken"]}"#, "Name has already been taken"),
            (r#"{"error":"tag_name is missing"}"#, "tag_name is missing"),
            (r#"{"error":"insufficient_scope","error_description":"Needs api."}"#, "insufficient_scope: Needs api."),
            (r#"{"message":null}"#, ""),
            ("Retry later\n", "Retry later\n"),
            ("<html><head><TITLE lang=en>502 Bad\nGateway</TITLE>", r#"a web page, "502 Bad Gateway""#),
            ("<html><body><h1>Oh</h1><p>no</p>", r#"a web page, "Oh no""#),
            ("<html>", "a web page"),
            ("", ""),
        ] {
            assert_eq!(of_body(body), line, "{body}");
        }
    }

    #[test]
    fn texts_are_harmless_and_short() {
        assert_eq!(harmless("a\u{1b}[31mred\u{202e}\u{200b}\r\nb\u{0}é"), r"a\u{1b}[31mred\u{202e}\u{200b} b\u{0}é");
        assert_eq!(harmless(&"é".repeat(600)), "é".repeat(500) + "…");
    }
}
