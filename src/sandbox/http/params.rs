//! Parameters, coerced as Grape coerces them and refused in its words. A [`Reader`] gathers every complaint; the caller
//! reads all it declares, then asks [`Reader::done`] once.

use super::Refusal;
use crate::sandbox::moment::Moment;
use axum::http::StatusCode;
use serde_json::{Map, Value};

/// The words that Grape takes for yes and no. Python's clients send `True`.
const YES: [&str; 14] = ["1", "on", "On", "ON", "t", "true", "True", "TRUE", "T", "y", "yes", "Yes", "YES", "Y"];
const NO: [&str; 14] = ["0", "off", "Off", "OFF", "f", "false", "False", "FALSE", "F", "n", "no", "No", "NO", "N"];

/// A parameter that may be left out, and may be null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given<T> {
    /// Left out.
    Absent,
    /// Null.
    Null,
    /// Something.
    Value(T),
}

impl<T> Given<T> {
    /// Whether it was named at all.
    pub(crate) fn is_given(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// What it says, if anything.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Puts what it says into a field, where null is something to say, too; leaves the field alone if it was left out.
    pub(crate) fn put_into(self, field: &mut Option<T>) {
        if self.is_given() {
            *field = self.value();
        }
    }

    fn map<U>(self, to: impl FnOnce(T) -> Option<U>) -> Result<Given<U>, ()> {
        match self {
            Self::Absent => Ok(Given::Absent),
            Self::Null => Ok(Given::Null),
            Self::Value(value) => to(value).map(Given::Value).ok_or(()),
        }
    }
}

/// Reads declared parameters out of a bag.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    params: &'a Map<String, Value>,
    /// What stands before a name in a complaint: nothing, or `assets[links][0]`.
    within: String,
    errors: Vec<String>,
    /// What is wrong with parameters that are well-formed.
    refusal: Option<Refusal>,
}

impl<'a> Reader<'a> {
    /// A reader of the outermost parameters.
    pub(crate) fn new(params: &'a Map<String, Value>) -> Self {
        Self { params, within: String::new(), errors: Vec::new(), refusal: None }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 with all complaints, or what else was found to be wrong.
    pub(crate) fn done(self) -> Result<(), Refusal> {
        if self.errors.is_empty() {
            self.refusal.map_or(Ok(()), Err)
        } else {
            Err(Refusal::error(StatusCode::BAD_REQUEST, &self.errors.join(", ")))
        }
    }

    /// Adds a complaint.
    pub(crate) fn complain(&mut self, complaint: impl Into<String>) {
        self.errors.push(complaint.into());
    }

    /// Refuses the request when all that is declared has been read, if there is nothing to complain about.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.refusal = Some(refusal);
    }

    /// Complains if none of these is named.
    pub(crate) fn at_least_one_of(&mut self, names: &[&str]) {
        if !names.iter().any(|name| self.params.contains_key(*name)) {
            self.complain(format!("{} are missing, at least one parameter must be provided", names.join(", ")));
        }
    }

    fn complain_about(&mut self, name: &str, what: &str) {
        let complaint = format!("{} {what}", self.place(name));
        self.errors.push(complaint);
    }

    fn place(&self, name: &str) -> String {
        if self.within.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.within) }
    }

    fn raw(&self, name: &str) -> Given<&'a Value> {
        match self.params.get(name) {
            None => Given::Absent,
            Some(Value::Null) => Given::Null,
            Some(value) => Given::Value(value),
        }
    }

    /// Coerces a parameter, or complains that it "is invalid".
    fn coerced<T>(&mut self, name: &str, to: impl FnOnce(&'a Value) -> Option<T>) -> Given<T> {
        self.raw(name).map(to).unwrap_or_else(|()| {
            self.complain_about(name, "is invalid");
            Given::Absent
        })
    }

    /// Coerces a parameter for whose type the empty string is null.
    fn filled<T>(&mut self, name: &str, to: impl FnOnce(&'a Value) -> Option<T>) -> Given<T> {
        if self.params.get(name).and_then(Value::as_str) == Some("") { Given::Null } else { self.coerced(name, to) }
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Given<String> {
        self.coerced(name, as_text)
    }

    /// A text that must be named; null is the empty one.
    pub(crate) fn required_text(&mut self, name: &str) -> String {
        if !self.params.contains_key(name) {
            self.complain_about(name, "is missing");
        }
        self.text(name).value().unwrap_or_default()
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, name: &str) -> Given<i64> {
        self.filled(name, as_integer)
    }

    /// Yes or no.
    pub(crate) fn boolean(&mut self, name: &str) -> Given<bool> {
        self.filled(name, |value| match value {
            Value::Bool(yes) => Some(*yes),
            Value::String(text) => match text.as_str() {
                yes if YES.contains(&yes) => Some(true),
                no if NO.contains(&no) => Some(false),
                _ => None,
            },
            _ => match as_integer(value) {
                Some(1) => Some(true),
                Some(0) => Some(false),
                _ => None,
            },
        })
    }

    /// A time.
    pub(crate) fn moment(&mut self, name: &str) -> Given<Moment> {
        self.filled(name, |value| Moment::parse(value.as_str()?))
    }

    /// One of a few words.
    pub(crate) fn word<T>(&mut self, name: &str, from_word: impl FnOnce(&str) -> Option<T>) -> Given<T> {
        let Given::Value(text) = self.text(name) else { return Given::Absent };
        from_word(&text).map_or_else(
            || {
                self.complain_about(name, "does not have a valid value");
                Given::Absent
            },
            Given::Value,
        )
    }

    /// Texts, in a list or with commas between them or both. GitLab takes null for an empty list.
    pub(crate) fn texts(&mut self, name: &str) -> Given<Vec<String>> {
        match self.coerced(name, |value| {
            let parts = match value {
                Value::Array(items) => items.iter().map(as_text).collect::<Option<Vec<_>>>()?,
                other => vec![as_text(other)?],
            };
            let split = parts.iter().flat_map(|part| part.split(',')).map(|part| part.trim().to_owned());
            Some(split.filter(|part| !part.is_empty()).collect())
        }) {
            Given::Null => Given::Value(Vec::new()),
            given => given,
        }
    }

    /// Whole numbers, in a list or with commas between them or both.
    pub(crate) fn integers(&mut self, name: &str) -> Given<Vec<i64>> {
        let numbers = |texts: Vec<String>| texts.iter().map(|text| text.parse().ok()).collect();
        self.texts(name).map(numbers).unwrap_or_else(|()| {
            self.complain_about(name, "is invalid");
            Given::Absent
        })
    }

    /// Reads a map within the parameters.
    pub(crate) fn map<T>(&mut self, name: &str, read: impl FnOnce(&mut Reader<'a>) -> T) -> Option<T> {
        let inner = self.filled(name, Value::as_object).value()?;
        Some(self.nested(self.place(name), inner, read))
    }

    /// Reads a list of maps within the parameters; a form may number them instead.
    pub(crate) fn maps<T>(&mut self, name: &str, mut read: impl FnMut(&mut Reader<'a>) -> T) -> Vec<T> {
        let items = self.filled(name, as_maps).value().unwrap_or_default();
        let place = self.place(name);
        let numbered = items.into_iter().enumerate();
        numbered.map(|(index, item)| self.nested(format!("{place}[{index}]"), item, &mut read)).collect()
    }

    fn nested<T>(
        &mut self,
        within: String,
        params: &'a Map<String, Value>,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> T {
        let mut reader = Reader { params, within, errors: Vec::new(), refusal: None };
        let value = read(&mut reader);
        self.errors.append(&mut reader.errors);
        value
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn as_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn as_maps(value: &Value) -> Option<Vec<&Map<String, Value>>> {
    match value {
        Value::Array(items) => items.iter().map(Value::as_object).collect(),
        Value::Object(numbered) => {
            let mut items = numbered
                .iter()
                .map(|(key, item)| Some((key.parse::<u64>().ok()?, item.as_object()?)))
                .collect::<Option<Vec<_>>>()?;
            items.sort_by_key(|(number, _)| *number);
            Some(items.into_iter().map(|(_, item)| item).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn complaints_are_grapes_and_come_all_at_once() {
        let params = json!({
            "tag_name": ["x"], "when": "soon", "n": "x", "assets": { "links": [{ "url": "u" }, { "name": {} }] }
        });
        let mut reader = Reader::new(params.as_object().unwrap());
        reader.required_text("tag_name");
        reader.required_text("ref");
        reader.moment("when");
        reader.integer("n");
        reader.map("assets", |assets| {
            assets.maps("links", |link| (link.required_text("name"), link.required_text("url")));
        });
        assert_eq!(
            reader.errors,
            [
                "tag_name is invalid",
                "ref is missing",
                "when is invalid",
                "n is invalid",
                "assets[links][0][name] is missing",
                "assets[links][1][name] is invalid",
                "assets[links][1][url] is missing",
            ]
        );
    }

    #[test]
    fn lists_are_split_at_commas() {
        let params = json!({ "a": "x, y", "b": ["x,y", "z", 3], "c": [], "d": null, "e": "1,2" });
        let mut reader = Reader::new(params.as_object().unwrap());
        let texts = |given: Given<Vec<String>>| given.value().map(|t| t.join("|"));
        assert_eq!(texts(reader.texts("a")).as_deref(), Some("x|y"));
        assert_eq!(texts(reader.texts("b")).as_deref(), Some("x|y|z|3"));
        assert_eq!(texts(reader.texts("c")).as_deref(), Some(""));
        assert_eq!(reader.texts("d"), Given::Value(vec![]));
        assert_eq!(reader.texts("f"), Given::Absent);
        assert_eq!(reader.integers("e"), Given::Value(vec![1, 2]));
    }
}
