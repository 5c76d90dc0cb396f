//! Everything that can stop a command.

mod made;

use super::import::github::GithubFailure;
use crate::model::Sha256;
use crate::plan::{Digest, ReadError};
use crate::{git, gitlab, import, manifest};
use miette::Diagnostic;
use std::io;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub(super) enum Failure {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Manifest(#[from] manifest::ManifestError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Gitlab(#[from] gitlab::Error),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Git(#[from] git::Error),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Github(#[from] GithubFailure),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Import(#[from] import::WriteError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Download(#[from] super::download::Error),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Evidence(#[from] super::evidence::Error),

    #[cfg(feature = "sandbox")]
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sandbox(#[from] crate::sandbox::Error),

    #[error("the embedded GitLab has no project {0}")]
    #[diagnostic(help(
        "describe the project in a seed file and lay it with `relsync sandbox reset --seed FILE`; without a seed there is \
         only root/awesome-app"
    ))]
    NotInSandbox(String),

    #[cfg(feature = "sandbox")]
    #[error("the snapshot has no project {0}")]
    #[diagnostic(help("save another one for these manifests: `relsync rehearse --save-snapshot FILE`"))]
    NotInSnapshot(String),

    #[cfg(feature = "sandbox")]
    #[error("failed to write down what was read: {0}")]
    Seed(toml::ser::Error),

    #[error("{places} are both for {project}")]
    #[diagnostic(help(
        "a project has one manifest: put the releases of both together, perhaps with `include`, or correct one `path` or `id`"
    ))]
    SameProject { project: String, places: String },

    #[error("there is no manifest in {0}")]
    #[diagnostic(help(
        "a folder is taken for its releases.toml; without one, for each *.toml in it and the releases.toml of each folder below"
    ))]
    NoManifestIn(String),

    #[error("failed to look into {path}: {error}")]
    Folder { path: String, error: io::Error },

    #[error("`{word}` is no tag or pattern: {why}")]
    #[diagnostic(help("`*` stands for any characters, `?` for one, `[…]` for one of a set, `{{a,b}}` for either"))]
    BadPattern { word: String, why: String },

    #[error("`--only {0}` names no release, neither in the manifest nor in GitLab")]
    #[diagnostic(help("check the tag; `*` stands for any characters, `?` for one"))]
    NothingSelected(String),

    #[error("{places} may both be for one project: with a CI job token, {project} and the other can't be told apart")]
    #[diagnostic(help(
        "name all projects by `path`, or all by `id`; or set RELSYNC_TOKEN to a project or group access token"
    ))]
    PerhapsSameProject { project: String, places: String },

    #[error("{path} is named by its path and {id} by its id: in shards, nobody could tell if they are one project")]
    #[diagnostic(help("name all projects by `path`, or all by `id`; or run without shards: `--shard 1/1`"))]
    NamedBothWays { path: String, id: String },

    #[error("--max-deletes is for one manifest at a time")]
    #[diagnostic(help("name that manifest alone with -f, or set `max_deletes` in it"))]
    MaxDeletesOfMany,

    #[error("{0} is there already, and is no plan")]
    #[diagnostic(help("name another file to write the plan to, or remove that one"))]
    NotAPlan(String),

    #[cfg(feature = "sandbox")]
    #[error("{0} is there already, and is no snapshot of --save-snapshot")]
    #[diagnostic(help("name another file to save the snapshot to, or remove that one"))]
    NotASnapshot(String),

    #[error("{0} is there already")]
    #[diagnostic(help("`relsync plan` shows what it would change; or name another file with -f"))]
    ThereAlready(String),

    #[error("{path} is about {declared}, not {asked}")]
    #[diagnostic(help("name another manifest with -f, or leave the project out"))]
    OfAnotherProject { path: String, declared: String, asked: String },

    #[error("CI_NODE_INDEX and CI_NODE_TOTAL name no shard: {0}")]
    #[diagnostic(help("GitLab sets both in jobs with `parallel:`; `--shard 1/1` takes all projects"))]
    NoShard(&'static str),

    #[error("there is no telling which project is meant")]
    #[diagnostic(help(
        "name it, as in `--project group/app`; or run relsync where a releases.toml names it, or name that with --file"
    ))]
    WhichProject,

    #[error("there is no release {which} in {project}")]
    #[diagnostic(help("{help}"))]
    NoRelease { which: String, project: String, help: String },

    #[error("GitLab orders a group's releases by released_at only")]
    #[diagnostic(help("leave --order-by; one project's releases can be ordered by created_at"))]
    OrderOfGroup,

    #[error("GitLab does not tell where the page of release {0} is")]
    #[diagnostic(help("it is at …/-/releases/TAG, below the project's own page"))]
    NoPage(String),

    #[error("there is no telling which project to import")]
    #[diagnostic(help(
        "name it, as in `relsync import gitlab group/app`; or in {0}, with `path = \"group/app\"` under [project]"
    ))]
    NothingToImport(String),

    #[error("{0} is there already, and is no fleet")]
    #[diagnostic(help("a fleet has `[[projects]]`: name another file with -f"))]
    NoFleet(String),

    #[error("no project in the group {group} has a release{}", if *.are_unread { " that can be read" } else { "" })]
    #[diagnostic(help("the token's user sees only projects that it is a member of, or that are public"))]
    NothingInGroup { group: String, are_unread: bool },

    #[error("{0} can't be a manifest")]
    #[diagnostic(help("name a file with -f, or a folder for its releases.toml"))]
    NotAManifest(String),

    #[error("{0} leads out of the manifest's folder")]
    #[diagnostic(help("nothing is written there: make it a folder, or import into another one with -f"))]
    LeadsOut(String),

    #[error("{0} was changed while the import ran")]
    #[diagnostic(help("nothing was written: run it again"))]
    ChangedMeanwhile(String),

    #[error("there is no git repository in {0}, which tags could be read from")]
    #[diagnostic(help(
        "run relsync in a clone; a changelog goes without one: `relsync import changelog FILE --tag-name 'v{{version}}'`"
    ))]
    NoRepository(String),

    #[error("git is not installed, and tags are read with it")]
    #[diagnostic(help(
        "install git; a changelog goes without it: `relsync import changelog FILE --tag-name 'v{{version}}'`"
    ))]
    NoGit,

    #[error("there is no git tag in {folder}{that}")]
    #[diagnostic(help("{help}"))]
    NoTags { folder: String, that: String, help: &'static str },

    #[error("no name can be made of --name: {0}")]
    BadName(#[from] manifest::TemplateError),

    #[error("--out wants a file")]
    #[diagnostic(help("to write the plan to stdout, name /dev/stdout"))]
    OutToStdout,

    #[error("{0} is no file that a report could replace")]
    #[diagnostic(help("name a new file or a regular one; `--format` chooses what goes to stdout"))]
    NotAFile(String),

    #[error("{0} would be written twice")]
    #[diagnostic(help("name a file of its own for each report"))]
    WrittenTwice(String),

    #[error("{0} would be written over, which this run reads")]
    #[diagnostic(help("name another file for the report"))]
    WrittenOver(String),

    #[error("{0} names no project")]
    #[diagnostic(help(
        "add `path = \"group/app\"` under [project]; in a CI job it is CI_PROJECT_ID or CI_PROJECT_PATH"
    ))]
    NoProject(String),

    #[error("{name} is no url: {why}")]
    #[diagnostic(help("write GitLab's own address, such as https://gitlab.example.com"))]
    BadUrl { name: &'static str, why: url::ParseError },

    #[error("the manifest's url is {manifest}, but the token is for {trusted}")]
    #[diagnostic(help(
        "a manifest can't choose where a token goes; if the token is for {manifest}, set RELSYNC_URL={manifest} beside it, \
         or pass --url {manifest}"
    ))]
    ForeignUrl { manifest: String, trusted: String },

    #[error("failed to read {path}: {error}")]
    #[diagnostic(help("apply takes a file that `relsync plan --out` wrote"))]
    PlanFile { path: String, error: io::Error },

    #[error("{path} can't be applied: {error}")]
    #[diagnostic(help("{help}"))]
    BadPlan { path: String, error: ReadError, help: String },

    #[error("{path} is for {planned}, but this run is for {configured}")]
    #[diagnostic(help("{help}"))]
    OtherGitlab { path: String, planned: String, configured: String, help: String },

    #[error("{path} is for {planned}, but GitLab has {found} there")]
    #[diagnostic(help("the project was moved or replaced since the plan was made: plan again"))]
    OtherProject { path: String, planned: String, found: String },

    #[error("the digest of {path} is {found}, but {expected} is expected")]
    #[diagnostic(help("this is not the plan that was reviewed"))]
    OtherDigest { path: String, found: Digest, expected: Digest },

    #[error("the plan has changed since it was reviewed: its digest is {found}, but {expected} is expected")]
    #[diagnostic(help("nothing was sent; have the plan above reviewed, and pass its digest"))]
    PlanChanged { found: Digest, expected: Digest },

    #[error("failed to read {path}: {error}")]
    #[diagnostic(help("nothing was sent; a release's files have to be there, below the folder of its manifest"))]
    File { path: String, error: io::Error },

    #[error("{path} has changed since the plan was made: its SHA-256 is {found}, and was {planned}")]
    #[diagnostic(help("nothing was sent; plan again, or bring back the file that was planned"))]
    FileChanged { path: String, planned: Sha256, found: Sha256 },

    #[error("there is no telling which package the files of {0} go to")]
    #[diagnostic(help(
        "say it as `package = \"app\"` under [[releases.files]]: by default it is the project's name, which a CI job token is not \
         told; or name the project by its `path`"
    ))]
    NoPackage(String),

    #[error("failed to read the token from {path}: {error}")]
    #[diagnostic(help("--token-file wants a file with the token and nothing else"))]
    TokenFile { path: String, error: io::Error },

    #[error("there is no token in {from}")]
    #[diagnostic(help(
        "a token is a word of ASCII letters, digits and signs, such as glpat-…; on the web: Settings > Access tokens"
    ))]
    BadToken { from: String },

    #[error("failed to read certificates from {from}: {error}")]
    #[diagnostic(help("it is to be a file with the certificate of the authority that signed GitLab's"))]
    AuthorityFile { from: String, error: io::Error },

    #[error("there is no certificate in {from}")]
    #[diagnostic(help("it takes certificates in PEM form, which begin with -----BEGIN CERTIFICATE-----"))]
    NoAuthority { from: String },

    #[error("apply needs a yes, and there is no terminal to ask on")]
    #[diagnostic(help("look at the plan above, then run again with --yes"))]
    NobodyToAsk,

    #[error("stopped; nothing was changed")]
    Stopped,

    #[error("failed to read the answer: {0}")]
    Answer(io::Error),

    #[error("failed to write {path}: {error}")]
    #[diagnostic(help("check that its folder is there and can be written to"))]
    OutFile { path: String, error: io::Error },

    #[error("failed to write to stdout: {0}")]
    Output(io::Error),

    #[error("failed to start: {0}")]
    Runtime(io::Error),
}
