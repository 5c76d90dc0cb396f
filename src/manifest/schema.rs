//! The manifest's JSON Schema, made from the types that are read, so that editors and relsync agree.

use crate::manifest::raw::RawManifest;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// The JSON Schema of `releases.toml`, as text that ends in a newline.
#[must_use]
pub fn json_schema() -> String {
    // `{:#}` of a JSON value can't fail, unlike serde's own writer.
    format!("{:#}\n", schema_of::<RawManifest>().to_value())
}

/// Draft 7 with everything in place rather than referred to, which is what editors understand best.
fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    settings.with_transform(RecursiveTransform(tidy)).into_generator().into_root_schema_for::<T>()
}

fn tidy(schema: &mut Schema) {
    without_null(schema);
    // Doc comments are broken into lines; hovers break them by themselves.
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}

/// An optional key may be absent, but TOML has no null that it could hold.
fn without_null(schema: &mut Schema) {
    let is_null = |value: &Value| value == "null" || value.is_null() || value.get("type").is_some_and(|t| t == "null");
    for key in ["type", "enum", "anyOf"] {
        let Some(Value::Array(options)) = schema.get_mut(key) else { continue };
        options.retain(|option| !is_null(option));
        if options.len() == 1 && key != "enum" {
            let only = options.remove(0);
            schema.remove(key);
            match only {
                Value::Object(inner) => {
                    for (key, value) in inner {
                        schema.ensure_object().entry(key).or_insert(value);
                    }
                }
                only => {
                    schema.insert(key.to_owned(), only);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::raw::{
        RawDefaultLink, RawDefaults, RawFleetProject, RawLink, RawMilestone, RawPolicy, RawProject, RawRelease,
    };
    use crate::manifest::raw_file::{RawDefaultFile, RawFile};
    use crate::manifest::reader::{ReadTable, keys_of};

    fn sorted(words: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
        let mut words: Vec<String> = words.into_iter().map(Into::into).collect();
        words.sort();
        words
    }

    fn asks_for_what_the_schema_has<T: ReadTable + JsonSchema>() {
        let schema = schema_of::<T>().to_value();
        let properties = schema["properties"].as_object().unwrap();
        let required = schema["required"].as_array().into_iter().flatten().map(|key| key.as_str().unwrap());
        let keys = keys_of::<T>();
        assert_eq!(sorted(keys.asked), sorted(properties.keys()), "{}", T::HEADER);
        assert_eq!(sorted(keys.required), sorted(required), "{}", T::HEADER);
        assert_eq!(schema["additionalProperties"], false, "{}", T::HEADER);
        for (key, property) in properties {
            assert!(property["description"].is_string(), "{key} of {} has no description", T::HEADER);
        }
    }

    #[test]
    fn the_reader_asks_for_what_the_schema_has() {
        asks_for_what_the_schema_has::<RawManifest>();
        asks_for_what_the_schema_has::<RawProject>();
        asks_for_what_the_schema_has::<RawFleetProject>();
        asks_for_what_the_schema_has::<RawPolicy>();
        asks_for_what_the_schema_has::<RawDefaults>();
        asks_for_what_the_schema_has::<RawDefaultLink>();
        asks_for_what_the_schema_has::<RawMilestone>();
        asks_for_what_the_schema_has::<RawRelease>();
        asks_for_what_the_schema_has::<RawLink>();
        asks_for_what_the_schema_has::<RawFile>();
        asks_for_what_the_schema_has::<RawDefaultFile>();
    }

    #[test]
    fn nothing_may_be_null() {
        assert!(!json_schema().contains("null"));
    }
}
