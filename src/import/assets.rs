//! The files of a release elsewhere, as links: names, paths and types that GitLab takes.

use crate::github::Asset;
use crate::model::{AssetPath, Link, LinkType, TagPatterns, check_link_url, is_hostile};
use std::collections::HashSet;
use std::str::FromStr;

/// What files with such names are: `*.bin=image`.
#[derive(Debug, Clone)]
pub struct AssetType {
    names: TagPatterns,
    link_type: LinkType,
}

impl FromStr for AssetType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (glob, word) = text.rsplit_once('=').ok_or("write it as GLOB=TYPE, such as '*.bin=image'")?;
        let link_type = LinkType::from_word(word).ok_or("the type is one of other, runbook, image and package")?;
        let names = TagPatterns::new(&[glob.to_owned()]).map_err(|(_, why)| format!("no glob: {}", why.kind()))?;
        Ok(Self { names, link_type })
    }
}

/// The links of one release, and how many of its files can have none.
pub(super) fn links(assets: &[Asset], types: &[AssetType]) -> (Vec<Link>, Vec<String>) {
    let (mut names, mut urls, mut paths) = (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut links, mut unlinked) = (Vec::new(), Vec::new());
    for asset in assets.iter().filter(|asset| !asset.is_unfinished) {
        let url = asset.browser_download_url.clone();
        let is_fit = check_link_url(&url).is_ok() && url.contains("://") && !url.contains(is_hostile);
        if !is_fit || !urls.insert(url.clone()) {
            unlinked.push(asset.name.clone());
            continue;
        }
        let label = asset.label.as_deref().map(str::trim).filter(|label| is_name(label));
        let file = Some(asset.name.as_str()).filter(|name| is_name(name));
        let mut given = label.into_iter().chain(file).map(str::to_owned).chain(numbered(file.unwrap_or("file")));
        let Some(name) = given.find(|name| names.insert(name.clone())) else { continue };
        let link_type = types.iter().find(|rule| rule.names.matches(&asset.name)).map(|rule| rule.link_type);
        links.push(Link {
            name,
            url,
            direct_asset_path: path(&asset.name, &mut paths),
            link_type: link_type.unwrap_or_else(|| guessed(&asset.name)),
        });
    }
    (links, unlinked)
}

fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= 255 && !text.contains(is_hostile)
}

fn numbered(name: &str) -> impl Iterator<Item = String> {
    let name: String = name.chars().take(60).collect();
    (2_u64..).map(move |number| format!("{name} ({number})"))
}

/// `/` and the file's name, changed as little as GitLab's rule takes, so that what ended in `…/download/v1.0/app.zip` there
/// ends in `…/v1.0/downloads/app.zip` here.
fn path(name: &str, taken: &mut HashSet<AssetPath>) -> Option<AssetPath> {
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') {
            plain.push(c);
        } else if !plain.ends_with('-') {
            plain.push('-');
        }
    }
    // The beginning is what tells long names apart least.
    let from = plain.len().saturating_sub(100);
    let plain = plain[from..].trim_start_matches('-').trim_end_matches(['-', '.', '_']);
    let plain = if plain.is_empty() { "file" } else { plain };
    let candidates = [format!("/{plain}"), format!("/files/{plain}")];
    let mut all = candidates.into_iter().chain((2_u64..).map(|number| format!("/{number}/{plain}")));
    let mut path = all.by_ref().take(usize::from(u16::MAX)).filter_map(|path| AssetPath::parse(&path).ok());
    path.find(|path| taken.insert(path.clone()))
}

/// What is beside the files that people came for: hashes, signatures, and what describes them.
const BESIDE: &[&str] = &[
    ".asc",
    ".sig",
    ".sign",
    ".minisig",
    ".gpg",
    ".pem",
    ".pub",
    ".crt",
    ".cert",
    ".sha1",
    ".sha256",
    ".sha512",
    ".sha256sum",
    ".sha512sum",
    ".md5",
    ".txt",
    ".md",
    ".json",
    ".jsonl",
    ".yml",
    ".yaml",
    ".xml",
    ".sigstore",
    ".bundle",
    ".sbom",
    ".spdx",
    ".cdx",
    ".blockmap",
    ".html",
    ".pdf",
    ".log",
    ".torrent",
    ".zsync",
];

/// Disks and containers.
const IMAGES: &[&str] = &[
    ".iso", ".img", ".img.gz", ".img.xz", ".img.zst", ".qcow2", ".vmdk", ".vdi", ".vhd", ".vhdx", ".ova", ".ovf",
    ".wim", ".oci", ".oci.tar", ".sif", ".raw.xz", ".raw.gz",
];

/// Archives, packages and installers.
const PACKAGES: &[&str] = &[
    ".tar",
    ".gz",
    ".tgz",
    ".bz2",
    ".tbz",
    ".xz",
    ".txz",
    ".zst",
    ".lz",
    ".lzma",
    ".zip",
    ".7z",
    ".rar",
    ".deb",
    ".udeb",
    ".rpm",
    ".apk",
    ".msi",
    ".msix",
    ".msixbundle",
    ".appx",
    ".appxbundle",
    ".exe",
    ".pkg",
    ".dmg",
    ".appimage",
    ".snap",
    ".flatpak",
    ".jar",
    ".war",
    ".ear",
    ".aar",
    ".whl",
    ".egg",
    ".gem",
    ".nupkg",
    ".snupkg",
    ".crate",
    ".vsix",
    ".xpi",
    ".crx",
    ".aab",
    ".ipa",
    ".phar",
    ".run",
    ".bin",
    ".wasm",
    ".conda",
    ".cab",
    ".so",
    ".dll",
    ".dylib",
    ".sh",
    ".ps1",
    ".tar.br",
];

/// Words in the names of programs that have no other ending.
const PLATFORMS: &[&str] = &[
    "linux", "darwin", "macos", "windows", "freebsd", "amd64", "arm64", "aarch64", "x86_64", "x86-64", "armv7",
    "riscv64",
];

/// What a file is, as far as its name tells.
fn guessed(name: &str) -> LinkType {
    let name = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if name.contains("runbook") {
        return LinkType::Runbook;
    }
    if ends(BESIDE) || name.contains("sha256sum") || name.contains("sha512sum") || name.contains("checksum") {
        return LinkType::Other;
    }
    let is_container = ["docker", "container", "-image", "_image", ".image"].iter().any(|word| name.contains(word));
    if ends(IMAGES) || (is_container && name.contains(".tar")) {
        return LinkType::Image;
    }
    if ends(PACKAGES) || PLATFORMS.iter().any(|word| name.contains(word)) {
        return LinkType::Package;
    }
    LinkType::Other
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn asset(name: &str, label: Option<&str>, url: &str) -> Asset {
        Asset {
            url: String::new(),
            name: name.to_owned(),
            label: label.map(str::to_owned),
            is_unfinished: false,
            size: None,
            digest: None,
            download_count: 0,
            browser_download_url: url.to_owned(),
        }
    }

    #[test]
    fn types_are_guessed_from_names() {
        let names = [
            "app-linux-amd64",
            "app_1.0.0_windows_x86_64.zip",
            "App-1.0.dmg",
            "app.deb",
            "SHA256SUMS",
            "SHA256SUMS.asc",
            "app.tar.gz.sha256",
            "app.tar.gz",
            "checksums.txt",
            "app.sbom.json",
            "disk.iso",
            "disk.img.xz",
            "app-docker.tar.gz",
            "Runbook.md",
            "README",
            "latest.yml",
            "app-1.0-py3-none-any.whl",
            "App-Setup.EXE",
            "app.exe.blockmap",
        ];
        let told = names.map(|name| format!("{name}: {}", guessed(name)));
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn rules_beat_the_guess() {
        let rules: Vec<AssetType> = ["a=b*=image", "*.zip=other"].map(|rule| rule.parse().unwrap()).to_vec();
        let assets = ["a=b.zip", "c.zip", "c.deb"].map(|name| asset(name, None, &format!("https://e.com/{name}")));
        let types = links(&assets, &rules).0.into_iter().map(|link| link.link_type).collect::<Vec<_>>();
        assert_eq!(types, [LinkType::Image, LinkType::Other, LinkType::Package]);
        for bad in ["*.zip", "*.zip=box", "[=other"] {
            assert!(bad.parse::<AssetType>().is_err(), "{bad}");
        }
    }

    #[test]
    fn odd_names_get_paths_that_gitlab_takes() {
        let long = format!("{}.tar.gz", "x".repeat(200));
        let names = [
            "app.zip",
            "app zip",
            "app+zip",
            "a",
            ".a",
            "été v1 (2).tar.gz",
            "..",
            "-rf",
            "x/../y",
            "app.zip.",
            "app.zip",
            "a\nb\u{202e}",
            "日本語",
            &long,
        ];
        let assets: Vec<Asset> = names
            .iter()
            .enumerate()
            .map(|(n, name)| asset(name, (n == 0).then_some("The app"), &format!("https://e.com/{n}")))
            .collect();
        let told = |link: Link| {
            format!("{:?} {}", link.name, link.direct_asset_path.map_or_else(String::new, |path| path.to_string()))
        };
        insta::assert_snapshot!(links(&assets, &[]).0.into_iter().map(told).collect::<Vec<_>>().join("\n"));
        let bad = [
            asset("a", None, "javascript:alert(1)"),
            asset("b", None, ""),
            asset("c", None, "https://e.com/c"),
            asset("d", None, "https://e.com/c"),
        ];
        let (linked, unlinked) = links(&bad, &[]);
        assert_eq!((linked.len(), unlinked), (1, vec!["a".to_owned(), "b".to_owned(), "d".to_owned()]));
    }

    proptest! {
        #[test]
        fn names_and_paths_are_right_and_apart(names in prop::collection::vec("\\PC{0,6}|[aA./ -]{0,4}|[a-z]{90,140}", 1..20)) {
            let assets: Vec<Asset> =
                names.iter().enumerate().map(|(n, name)| asset(name, None, &format!("https://e.com/{n}"))).collect();
            let (links, _) = links(&assets, &[]);
            prop_assert_eq!(links.len(), names.len());
            let names: BTreeSet<_> = links.iter().map(|link| link.name.clone()).collect();
            prop_assert_eq!(names.len(), links.len());
            let paths: BTreeSet<_> = links.iter().map(|link| link.direct_asset_path.clone().unwrap()).collect();
            prop_assert_eq!(paths.len(), links.len());
            prop_assert!(paths.iter().all(|path| AssetPath::parse(path.as_str()).is_ok()));
        }
    }
}
