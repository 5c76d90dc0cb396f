//! The JSON Schema is fresh, and agrees with what relsync takes.

use jsonschema::Validator;
use relsync::manifest;
use serde_json::{Value, json};
use std::path::Path;

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&manifest::json_schema()).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// As editors do: TOML's dates and times become strings.
fn to_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(truth) => json!(truth),
        toml::Value::Datetime(at) => json!(at.to_string()),
        toml::Value::Array(items) => items.into_iter().map(to_json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, to_json(value))).collect(),
    }
}

fn read(text: &str) -> Value {
    to_json(toml::Value::Table(text.parse().unwrap()))
}

#[test]
fn the_committed_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/releases.schema.json");
    let committed = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let fresh = manifest::json_schema();
    assert!(committed == fresh, "stale schema: run `relsync schema > schema/releases.schema.json`\n{fresh}");
}

#[test]
fn the_examples_fit_the_schema() {
    let validator = validator();
    for path in crate::examples::all() {
        for path in manifest::load_all(&path).unwrap().into_iter().flat_map(|taken| taken.desired.files) {
            let text = std::fs::read_to_string(&path).unwrap();
            let errors: Vec<String> = validator.iter_errors(&read(&text)).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{path}: {errors:?}");
        }
    }
}

#[test]
fn a_path_has_no_steps_in_it() {
    let (validator, good) = (validator(), ".a/..b/c.d/e..");
    for path in [good, "../../tmp", "a/.", "a/..", "a/../b", "/a/b", "a/b/", "a//b"] {
        let text = format!("version = 1\nproject = {{ path = '{path}' }}\n");
        assert_eq!(validator.is_valid(&read(&text)), path == good, "schema: {path}");
        assert_eq!(manifest::parse(Path::new("releases.toml"), &text).is_ok(), path == good, "relsync: {path}");
    }
}

/// What the schema can say, it says as relsync does.
#[test]
fn schema_and_relsync_agree() {
    let validator = validator();
    for (text, is_good) in [
        ("", false),
        ("version = 1", true),
        ("version = 2", false),
        ("version = 1\nextra = 1", false),
        ("version = 1\nproject = { path = 'a/b' }", true),
        ("version = 1\nproject = { path = 'a' }", false),
        ("version = 1\nproject = { path = 'a/b', id = 1 }", false),
        ("version = 1\nproject = { id = 0 }", false),
        ("version = 1\nproject = { url = 'https://host/prefix' }", true),
        ("version = 1\nproject = { url = 'ssh://host' }", false),
        ("version = 1\npolicy = { max_deletes = '100%' }", true),
        ("version = 1\npolicy = { max_deletes = '101%' }", false),
        ("version = 1\npolicy = { max_deletes = -1 }", false),
        ("version = 1\npolicy = { unmanaged = 'keep' }", false),
        ("version = 1\npolicy = { protect = ['v1.*', 'lts/?'] }", true),
        ("version = 1\npolicy = { protect = 'v1.*' }", false),
        ("version = 1\npolicy = { protect = [''] }", false),
        ("version = 1\nreleases = [{ tag_name = 'v1', evidence = true }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', evidence = 'require' }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', evidence = 'true' }]", false),
        ("version = 1\nmilestones = [{ title = 'v1', start_date = 2026-01-01, state = 'active' }]", true),
        ("version = 1\nmilestones = [{ title = ' ' }]", false),
        ("version = 1\npolicy = { protect = ['v1.*', 'lts/?'] }", true),
        ("version = 1\npolicy = { protect = 'v1.*' }", false),
        ("version = 1\npolicy = { protect = [''] }", false),
        ("version = 1\nreleases = [{ tag_name = 'v1', evidence = true }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', evidence = 'require' }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', evidence = 'true' }]", false),
        ("version = 1\nmilestones = [{ title = 'v1', start_date = 2026-01-01T00:00:00Z }]", false),
        ("version = 1\nprojects = [{ path = 'a/b', releases = [{ tag_name = 'v1' }] }, { id = 2 }]", true),
        (
            "version = 1\nprojects = [{ path = 'a/b', url = 'https://h', include = [], milestones = [{ title = 'm' }] }]",
            true,
        ),
        ("version = 1\nprojects = [{ path = 'a/b', policy = { tags = ['v*'] }, defaults = { ref = 'main' } }]", true),
        ("version = 1\nproject = { url = 'https://h' }\npolicy = {}\ndefaults = {}\nprojects = [{ id = 2 }]", true),
        ("version = 1\nprojects = []", false),
        ("version = 1\nprojects = [{}]", false),
        ("version = 1\nprojects = [{ path = 'a/b', id = 2 }]", false),
        ("version = 1\nprojects = [{ path = 'a/b', name = 'b' }]", false),
        ("version = 1\nprojects = [{ path = 'a/b', version = 1 }]", false),
        ("version = 1\nproject = { path = 'a/b' }\nprojects = [{ id = 2 }]", false),
        ("version = 1\nreleases = [{ tag_name = 'v1' }]\nprojects = [{ id = 2 }]", false),
        ("version = 1\nmilestones = [{ title = 'm' }]\nprojects = [{ id = 2 }]", false),
        ("version = 1\ninclude = ['Cargo.toml']\nprojects = [{ id = 2 }]", false),
        ("version = 1\ninclude = []", true),
        ("version = 1\ninclude = ''", false),
        ("version = 1\ninclude = ['/etc/x.toml']", false),
        ("version = 1\ndefaults = { name = '{version}{{', tag_message = '', links = [{ name = '{tag_name}' }] }", true),
        ("version = 1\ndefaults = { name = '{versions}' }", false),
        ("version = 1\ndefaults = { name = '' }", false),
        ("version = 1\ndefaults = { name = 'a { b' }", false),
        ("version = 1\ndefaults = { name = '{{{version}}} {{a}} }' }", true),
        ("version = 1\ndefaults = { description = 'x' }", false),
        ("version = 1\ndefaults = { description_file = 'x', changelog = 'y' }", false),
        ("version = 1\ndefaults = { links = [{ url = 'https://b' }] }", false),
        ("version = 1\ndefaults = { links = [{ name = 'a', direct_asset_path = '', link_type = 'image' }] }", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', description = '', changelog = 'Cargo.toml' }]", false),
        (
            "version = 1\nreleases = [{ tag_name = 'v1', description_file = 'Cargo.toml', changelog = 'Cargo.toml' }]",
            false,
        ),
        ("version = 1\nreleases = [{ tag_name = 'v1' }]", true),
        ("version = 1\nreleases = [{ name = 'v1' }]", false),
        ("version = 1\nreleases = [{ tag_name = 'v 1' }]", false),
        ("version = 1\nreleases = [{ tag_name = 'v[1' }]", false),
        ("version = 1\nreleases = [{ tag_name = 'выпуск/1' }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', released_at = 2026-01-30 }]", false),
        ("version = 1\nreleases = [{ tag_name = 'v1', released_at = 2026-01-30T10:00:00 }]", false),
        ("version = 1\nreleases = [{ tag_name = 'v1', released_at = 2026-01-30T10:00:00.5+01:00 }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', milestones = ['a,b'] }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', milestones = ['v1.0 rc'] }]", true),
        ("version = 1\nreleases = [{ tag_name = 'v1', links = [{ name = 'a', url = 'gopher://b' }] }]", false),
        ("version = 1\nreleases = [{ tag_name = 'v1', links = [{ name = 'a', url = 'HTTPS://b/ü' }] }]", true),
    ] {
        assert_eq!(validator.is_valid(&read(text)), is_good, "schema: {text}");
        assert_eq!(manifest::parse_all(Path::new("releases.toml"), text).is_ok(), is_good, "relsync: {text}");
    }
    for (path, is_good) in [
        ("", true),
        ("/bin/app", true),
        ("/a.b_c-d/e", true),
        ("bin/app", false),
        ("/bin//app", false),
        ("/@scope/app", true),
        ("/scope/@app", false),
        ("/ab", false),
        ("/bin/", false),
        ("/bin/app.", false),
        ("/bin/é", false),
    ] {
        let text = format!(
            "version = 1\nreleases = [{{ tag_name = 'v', links = [{{ name = 'a', url = 'ftp://b', direct_asset_path = '{path}' }}] }}]"
        );
        assert_eq!(validator.is_valid(&read(&text)), is_good, "schema: {path}");
        assert_eq!(manifest::parse(Path::new("releases.toml"), &text).is_ok(), is_good, "relsync: {path}");
    }
}
