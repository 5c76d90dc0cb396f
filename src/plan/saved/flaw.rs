//! What is wrong with a saved plan's content, and where: `projects[0].steps[3].needs`.

use crate::model::harmless;

/// The most characters of a foreign text that a message repeats.
const MOST_SHOWN: usize = 200;

/// One thing that is wrong. Places are put together from the inside out, as reading returns.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) place: String,
    pub(super) what: String,
}

impl Flaw {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { place: String::new(), what: what.into() }
    }

    /// Names what it is in: a key, or `[3]`.
    pub(super) fn within(self, outer: &str) -> Self {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        Self { place: format!("{outer}{dot}{}", self.place), ..self }
    }

    fn nth(self, index: usize) -> Self {
        self.within(&format!("[{index}]"))
    }
}

/// Names the key that a value stands under.
pub(super) trait At {
    fn at(self, key: &str) -> Self;
}

impl<T> At for Result<T, Flaw> {
    fn at(self, key: &str) -> Self {
        self.map_err(|flaw| flaw.within(key))
    }
}

/// Reads every one of `items`, which stand under `key`.
pub(super) fn each<S, T>(
    key: &str,
    items: impl IntoIterator<Item = S>,
    mut read: impl FnMut(S) -> Result<T, Flaw>,
) -> Result<Vec<T>, Flaw> {
    let read = items.into_iter().enumerate().map(|(index, item)| read(item).map_err(|flaw| flaw.nth(index)));
    read.collect::<Result<_, _>>().at(key)
}

/// Reads what stands under `key`, if anything does.
pub(super) fn maybe<S, T>(
    key: &str,
    value: Option<S>,
    read: impl FnOnce(S) -> Result<T, Flaw>,
) -> Result<Option<T>, Flaw> {
    value.map(read).transpose().at(key)
}

/// A text of the file's as a message may repeat it: the beginning of it, without what could steer a terminal.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        None => harmless(text).into_owned(),
        Some((end, _)) => format!("{}…", harmless(&text[..end])),
    }
}
