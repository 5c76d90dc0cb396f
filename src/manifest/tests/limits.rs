use crate::manifest::limits::Limits;
use crate::manifest::{ManifestError, Projects, parse_within};
use std::fs;
use tempfile::TempDir;

fn problems(limits: &Limits, files: &[(&str, &str)], include: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let text = format!("version = 1\ninclude = {include}\n");
    let result = parse_within(limits, &folder.path().join("releases.toml"), &text, Projects::One, None);
    result.err().iter().flat_map(ManifestError::problems).map(ToString::to_string).collect()
}

#[test]
fn included_files_have_limits_together() {
    let files = [("a.toml", "# 12345678\n"), ("b.toml", "include = ['c/*.toml']"), ("c/c.toml", ""), ("d.toml", "")];
    let of = |limits: Limits| problems(&limits, &files, "['?.toml']");
    assert_eq!(of(Limits { files: 4, bytes: 33, ..Limits::USUAL }), [""; 0]);
    assert_eq!(of(Limits { files: 2, ..Limits::USUAL }), ["more than 2 files are included"]);
    assert_eq!(of(Limits { bytes: 32, ..Limits::USUAL }), ["more than 0 MiB are included"]);
}

#[test]
fn patterns_have_a_limit_together() {
    let files = [("a/a/x.toml", ""), ("b/a/x.toml", ""), ("c/a/x.toml", "")];
    let of = |looks: usize| problems(&Limits { looks, ..Limits::USUAL }, &files, "['*/*/*.toml', '**/x.toml']");
    assert_eq!(of(40), [""; 0]);
    assert_eq!(of(10), ["too many files and folders to look through for `*/*/*.toml`"]);
    assert_eq!(of(20), ["too many files and folders to look through for `**/x.toml`"]);
}
