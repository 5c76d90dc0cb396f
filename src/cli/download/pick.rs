//! Which assets are meant: the words of the command line held against what the release has.
//!
//! Pure.

use super::error::Error;
use super::name;
use super::sums::Kind;
use crate::gitlab::FileAt;
use crate::model::{LinkType, ProjectRef, ShownRelease, SourceArchive, harmless};
use globset::{Glob, GlobMatcher};
use std::collections::BTreeMap;
use url::Url;

/// Something of a release that can be downloaded.
#[derive(Debug, Clone)]
pub(super) struct Asset {
    /// Where it is; else what is wrong with its url.
    pub(super) file: Result<FileAt, String>,
    /// Why nothing can be downloaded from where its link leads, if that shows.
    pub(super) unfit: Option<String>,
    /// Whether it is a page for people, and no file, to go by its link's type.
    pub(super) is_page: bool,
    /// What its file is called here.
    pub(super) name: String,
    /// What the release calls it: its path, or its name.
    pub(super) called: String,
    /// All it goes by on the command line, the most telling first.
    pub(super) names: Vec<String>,
    /// What a list of checksums may call it, the most telling first; whole paths, as far as they are known.
    pub(super) listed_as: Vec<String>,
}

/// What is meant.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) assets: Vec<Asset>,
    /// What is meant only among others, and can't be downloaded: of many links, one may lead to what is no file for here.
    pub(super) left_out: Vec<Asset>,
}

/// Why a page is left out.
const IS_PAGE: &str = "it is a runbook, a page to read; it comes if it is named";

impl Asset {
    /// What its file would be called if all names were good.
    pub(super) fn own(&self) -> &str {
        self.names.first().unwrap_or(&self.name)
    }

    /// Why it is left out where it is not named.
    pub(super) fn why_left_out(&self) -> &str {
        self.unfit.as_deref().unwrap_or(IS_PAGE)
    }

    /// What it tells of other assets, by the name of its file: what a link to it is called is anybody's choice of words.
    pub(super) fn checksums(&self) -> Kind {
        Kind::of(self.own())
    }

    /// The folder that its path is in; the names that a list tells are seen from there.
    pub(super) fn folder(&self) -> &str {
        self.called.starts_with('/').then(|| self.called.rsplit_once('/')).flatten().map_or("", |(folder, _)| folder)
    }
}

/// Everything that the release links to, in GitLab's order.
pub(super) fn links(project: &ProjectRef, shown: &ShownRelease) -> Vec<Asset> {
    let release = &shown.release;
    let asset = |link: &crate::model::Link| {
        let url = Url::parse(&link.url);
        let unfit = url.as_ref().ok().and_then(unfit);
        let of_url = url.as_ref().ok().and_then(name::of_url);
        let path_of_url = url.as_ref().ok().map(name::path_of_url);
        let path = link.direct_asset_path.as_ref();
        let of_path = path.map(|path| path.as_str().rsplit('/').next().unwrap_or_default().to_owned());
        let file = match path {
            Some(path) => {
                Ok(FileAt::Asset { project: project.clone(), tag: release.tag_name.clone(), path: path.clone() })
            }
            None => url.map(FileAt::Url).map_err(|why| why.to_string()),
        };
        let own = of_path.as_ref().or(of_url.as_ref()).unwrap_or(&link.name);
        let name = name::safe(own);
        let mut names = vec![own.clone(), name.clone()];
        names.extend(of_url.iter().cloned());
        names.push(link.name.clone());
        names.extend(path.iter().flat_map(|path| {
            let path = path.as_str();
            [path.to_owned(), path.trim_start_matches('/').to_owned()]
        }));
        let mut listed_as: Vec<String> = path.map(|path| path.as_str().to_owned()).into_iter().collect();
        listed_as.extend(path_of_url);
        listed_as.extend([name.clone(), link.name.clone()]);
        let called = path.map_or_else(|| link.name.clone(), |path| path.as_str().to_owned());
        let is_page = link.link_type == LinkType::Runbook;
        Asset { file, unfit, is_page, name, called, names, listed_as }
    };
    release.links.iter().map(|live| asset(&live.link)).collect()
}

/// GitLab takes ftp for links, too.
fn unfit(url: &Url) -> Option<String> {
    let scheme = url.scheme();
    (!matches!(scheme, "http" | "https")).then(|| format!("its url is {scheme}, and files come by http and https only"))
}

/// The archive of its sources in this format.
pub(super) fn source(project: &ProjectRef, shown: &ShownRelease, format: &str) -> Result<Asset, Error> {
    let tag = shown.release.tag_name.clone();
    let archive = shown.sources.iter().find(|source| source.format == format);
    let SourceArchive { format, url } = archive.ok_or_else(|| Error::NoSource(harmless(format).into_owned()))?;
    let of_url = Url::parse(url).ok().and_then(|url| name::of_url(&url));
    let own = of_url.unwrap_or_else(|| format!("source.{format}"));
    let file = FileAt::Archive { project: project.clone(), tag, format: format.clone() };
    let called = format!("source {format}");
    let (name, listed_as, names) = (name::safe(&own), vec![own.clone()], vec![own]);
    Ok(Asset { file: Ok(file), unfit: None, is_page: false, name, called, listed_as, names })
}

/// Those that `words` mean: all, without any. Each word is a path, a name or a glob over both, and stands for something. What is
/// not named itself is left out if it can't be downloaded but others can; so are pages without any word.
pub(super) fn choose(assets: &[Asset], words: &[String]) -> Result<Choice, Error> {
    let (mut is_met, mut is_chosen) = (vec![false; assets.len()], vec![false; assets.len()]);
    let mut meet = |found: &[bool], is_named: bool| {
        let is_fit = |index: usize| assets[index].unfit.is_none();
        let is_any_fit = (0..assets.len()).any(|index| found[index] && is_fit(index));
        for index in (0..assets.len()).filter(|index| found[*index]) {
            is_met[index] = true;
            is_chosen[index] |= is_named || !is_any_fit || is_fit(index);
        }
    };
    if words.is_empty() {
        meet(&assets.iter().map(|asset| !asset.is_page).collect::<Vec<_>>(), false);
    }
    for word in words {
        let exact: Vec<bool> = assets.iter().map(|asset| asset.names.contains(word)).collect();
        let is_named = exact.contains(&true);
        let found = if is_named { exact } else { matching(assets, word)? };
        if !found.contains(&true) {
            return Err(no_such(assets, word));
        }
        meet(&found, is_named);
    }
    let mut choice = Choice::default();
    for (asset, (is_met, is_chosen)) in assets.iter().zip(is_met.into_iter().zip(is_chosen)) {
        match (is_met, is_chosen) {
            (_, true) => choice.assets.push(asset.clone()),
            (true, false) => choice.left_out.push(asset.clone()),
            (false, false) if words.is_empty() => choice.left_out.push(asset.clone()),
            (false, false) => {}
        }
    }
    Ok(choice)
}

fn matching(assets: &[Asset], word: &str) -> Result<Vec<bool>, Error> {
    let glob = |text: &str| Glob::new(text).map(|glob| glob.compile_matcher());
    let bad = |why: &globset::Error| Error::bad_pattern(word, why.kind());
    let matcher: GlobMatcher = glob(word).map_err(|why| bad(&why))?;
    Ok(assets.iter().map(|asset| asset.names.iter().any(|name| matcher.is_match(name))).collect())
}

fn no_such(assets: &[Asset], word: &str) -> Error {
    let likeness = |asset: &&Asset| {
        let names = asset.names.iter().map(|name| strsim::normalized_damerau_levenshtein(name, word));
        names.fold(0.0, f64::max)
    };
    let nearest = assets.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let nearest = nearest.filter(|asset| likeness(asset) > 0.6);
    Error::no_such_asset(word, nearest.map(|asset| asset.called.as_str()), assets.iter().map(|asset| &*asset.called))
}

/// Two assets must not become one file.
pub(super) fn apart(assets: &[Asset]) -> Result<(), Error> {
    let mut by_name: BTreeMap<String, &Asset> = BTreeMap::new();
    for asset in assets {
        if let Some(other) = by_name.insert(name::folded(&asset.name), asset) {
            return Err(Error::one_name(&asset.name, &other.called, &asset.called));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(called: &str, names: &[&str]) -> Asset {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let file = Ok(FileAt::Url("https://h/x".parse().unwrap()));
        let (name, listed_as) = (names[0].clone(), names.clone());
        Asset { file, unfit: None, is_page: false, name, called: called.to_owned(), listed_as, names }
    }

    fn chosen(words: &[&str]) -> Result<Vec<String>, String> {
        let assets = [
            asset("/bin/app-linux", &["app-linux", "Linux", "/bin/app-linux", "bin/app-linux"]),
            asset("/bin/app-mac", &["app-mac", "Mac", "/bin/app-mac", "bin/app-mac"]),
            asset("notes [1]", &["notes.txt", "notes [1]"]),
        ];
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let names = |choice: Choice| choice.assets.into_iter().map(|asset| asset.name).collect();
        choose(&assets, &words).map(names).map_err(|error| error.to_string())
    }

    #[test]
    fn words_are_paths_names_or_globs() {
        assert_eq!(chosen(&[]).unwrap().len(), 3);
        for word in ["/bin/app-linux", "bin/app-linux", "Linux", "app-linux", "*linux", "/bin/*-l*"] {
            assert_eq!(chosen(&[word]).unwrap(), ["app-linux"], "{word}");
        }
        assert_eq!(chosen(&["notes [1]"]).unwrap(), ["notes.txt"]);
        assert_eq!(chosen(&["Mac", "app-*", "Mac"]).unwrap(), ["app-linux", "app-mac"]);
        assert_eq!(chosen(&["Mac", "win*"]).unwrap_err(), "no asset of the release is called win*");
        assert!(chosen(&["[a"]).unwrap_err().contains("`[a` is no name or pattern"));
    }

    #[test]
    fn what_can_not_be_downloaded_is_only_taken_if_it_is_named() {
        let unfit = |name: &str| Asset { unfit: Some("ftp".to_owned()), ..asset(name, &[name]) };
        let assets = [asset("a.zip", &["a.zip"]), unfit("b.zip"), unfit("c.deb")];
        let chosen = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let Choice { assets, left_out } = choose(&assets, &words).unwrap();
            [assets, left_out].map(|assets| assets.into_iter().map(|asset| asset.name).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(chosen(&[]), ["a.zip", "b.zip c.deb"]);
        assert_eq!(chosen(&["*.zip"]), ["a.zip", "b.zip"]);
        assert_eq!(chosen(&["*.zip", "b.zip"]), ["a.zip b.zip", ""]);
        // Nothing but what can't be: that is an error, and to be said as one.
        assert_eq!(chosen(&["*.deb"]), ["c.deb", ""]);
    }

    #[test]
    fn a_page_is_only_taken_if_a_word_means_it() {
        let page = Asset { is_page: true, ..asset("docs", &["docs"]) };
        let assets = [asset("a.zip", &["a.zip"]), page];
        let chosen = |assets: &[Asset], words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let Choice { assets, left_out } = choose(assets, &words).unwrap();
            [assets, left_out].map(|assets| assets.into_iter().map(|asset| asset.name).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(chosen(&assets, &[]), ["a.zip", "docs"]);
        assert_eq!(chosen(&assets[1..], &[]), ["", "docs"]);
        assert_eq!(chosen(&assets, &["docs"]), ["docs", ""]);
        assert_eq!(chosen(&assets, &["*"]), ["a.zip docs", ""]);
    }

    #[test]
    fn two_assets_of_one_name_are_refused() {
        let two = [asset("/linux/app", &["app"]), asset("/mac/App", &["App"])];
        assert_eq!(apart(&two).unwrap_err().to_string(), "/linux/app and /mac/App would both become the file App");
        assert!(apart(&two[..1]).is_ok());
    }
}
