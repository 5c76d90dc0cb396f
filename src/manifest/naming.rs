//! A name with placeholders, as `[defaults]` takes it, for who fills it elsewhere.

use crate::manifest::values::{FromToml, Name, Subject, Template, Wrong};
use crate::manifest::visible;
use crate::model::TagName;
use std::borrow::Cow;
use std::str::FromStr;
use toml::de::DeValue;

/// A release's name that may hold `{tag_name}` and `{version}`.
#[derive(Debug, Clone)]
pub struct NameTemplate(Template<Name>);

/// Why a text is none, or what comes of one is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl FromStr for NameTemplate {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        Template::from_toml("name", &DeValue::String(Cow::Borrowed(text))).map(Self).map_err(TemplateError::from)
    }
}

impl NameTemplate {
    /// The name of the release of a tag.
    ///
    /// # Errors
    /// When it would be none, such as a blank one.
    pub fn fill(&self, tag: &TagName) -> Result<String, TemplateError> {
        self.0.fill("name", Subject::new(tag)).map(|name| name.0).map_err(|(wrong, _)| wrong.into())
    }
}

impl From<Wrong> for TemplateError {
    fn from(wrong: Wrong) -> Self {
        let (message, help) = match wrong {
            Wrong::Type(help) => ("no text".to_owned(), help),
            Wrong::Value { message, label: _, help } => (message, help),
        };
        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
        Self(visible::line(&format!("{message}{help}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_filled_as_a_default_is() {
        let fill = |template: &str, tag| {
            template.parse::<NameTemplate>().unwrap().fill(&TagName::parse(tag).unwrap()).unwrap()
        };
        assert_eq!(fill("App {version} ({tag_name}) {{x}}", "app/v1.2"), "App 1.2 (app/v1.2) {x}");
        assert_eq!(fill("One name", "v1"), "One name");
        for (bad, why) in [("", "is blank"), ("{versoin}", "did you mean `{version}`"), ("{version", "without an end")]
        {
            let error = bad.parse::<NameTemplate>().unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
