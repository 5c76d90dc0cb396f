//! The examples are right, and cover what they say they cover.

use relsync::manifest::{self, LookFor};
use std::path::{Path, PathBuf};

/// Every `examples/*/releases.toml`.
pub(crate) fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("releases.toml"))
        .filter(|path| path.exists())
        .collect();
    paths.sort();
    assert!(paths.len() >= 2);
    paths
}

#[test]
fn every_example_is_taken() {
    for path in all() {
        let manifests = manifest::load_all_with_files(&path, &|_, _| LookFor::All)
            .unwrap_or_else(|error| panic!("{error}: {:?}", error.problems()));
        assert!(!manifests.is_empty());
        assert!(manifests.iter().all(|manifest| !manifest.desired.releases.is_empty()), "{}", path.display());
    }
}

#[test]
fn the_reference_names_every_key() {
    fn keys(schema: &serde_json::Value, found: &mut Vec<String>) {
        if let Some(properties) = schema["properties"].as_object() {
            for (key, property) in properties {
                found.push(key.clone());
                keys(property, found);
                keys(&property["items"], found);
            }
        }
    }
    let mut all = Vec::new();
    keys(&serde_json::from_str(&manifest::json_schema()).unwrap(), &mut all);
    let read = |example: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example).join("releases.toml");
        std::fs::read_to_string(path).unwrap()
    };
    let text = read("reference") + &read("fleet");
    for key in all {
        assert!(text.contains(&format!("{key} = ")) || text.contains(&format!("{key}]")), "{key}");
    }
}
