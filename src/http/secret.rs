//! Secrets, kept out of texts that a server may have echoed them into.

/// So much of a token's beginning is more than its kind's usual prefix, `glpat-` or `ghp_`.
const TELLING: usize = 8;

/// `text` with `secret` blotted out. A text may have been cut off within it: its beginning is blotted out at the end, too.
pub(crate) fn redact(text: &str, secret: &str) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    let mut text = text.replace(secret, "[token]");
    let is_left = |length: &usize| secret.get(..*length).is_some_and(|part| text.ends_with(part));
    if let Some(length) = (TELLING..secret.len()).rev().find(is_left) {
        text.truncate(text.len() - length);
        text.push_str("[token]");
    }
    text
}
