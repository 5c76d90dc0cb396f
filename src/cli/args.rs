//! What can be said on the command line.
#![expect(clippy::doc_markdown, reason = "doc comments are the help text here, which is no Markdown")]

use super::download::args::DownloadArgs;
use super::evidence::args::EvidenceArgs;
use super::failure::Failure;
use super::formats::{Format, ReportFile};
use super::import::args::ImportCommand;
use super::list::args::ListArgs;
use super::manifests::ManifestArgs;
use super::note::{NoteKey, Target};
#[cfg(feature = "sandbox")]
use super::rehearse::args::RehearseArgs;
use super::shard::ShardArgs;
use super::show::args::ShowArgs;
use crate::model::MaxDeletes;
use crate::plan::{Digest, IgnoredField, Selection, TagWords};
#[cfg(feature = "sandbox")]
use crate::sandbox::{Fault, Limit, Span, Tier};
use crate::ui::{ColourChoice, LogFormat};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// Keeps a GitLab project's releases as releases.toml says.
///
/// relsync reads what GitLab has, shows the difference as a plan, and applies it. There is no state file: GitLab holds
/// the state, and a key that is absent from the manifest is not managed.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(super) struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    pub(super) color: ColourChoice,

    /// Write nothing but errors and what was asked for: no progress, no notes.
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    pub(super) quiet: bool,

    /// Log each request on stderr; -vv for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub(super) verbose: u8,

    /// What the log is written as; json is one object a line, for machines.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text", help_heading = "Global options")]
    pub(super) log_format: LogFormat,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show what apply would change.
    Plan(PlanArgs),
    /// Make GitLab's releases as the manifest says, or carry out a plan that was saved.
    ///
    /// Right before a release is written it is read again. One that is not as it was when the plan was made is left alone
    /// and reported; the others go on.
    Apply(ApplyArgs),
    /// Show what was changed in GitLab behind the manifest's back. Changes nothing.
    ///
    /// Exits with 0 if there is no drift, with 2 if there is, and with 1 if something failed. What the manifest says and
    /// nobody has applied looks like drift, too; with --base, what a change of the manifest will do is told apart.
    Drift(DriftArgs),
    /// Carry the plan out on a throw-away copy, and say how that went. Of the real GitLab it only reads.
    ///
    /// Exits with 0 if applying would succeed and leave nothing to do, and with 1 if not.
    #[cfg(feature = "sandbox")]
    Rehearse(RehearseArgs),
    /// Download a release's assets: all that it links to, or some, or its sources.
    ///
    /// Redirects to other hosts are followed, without the token. What breaks off is taken up where it was. What the release
    /// has checksums for is verified, and each file is there whole or not at all.
    Download(DownloadArgs),
    /// Have GitLab collect evidence of a release, if it has none, and show, check and save it.
    ///
    /// Evidence is what the release was like when it was collected, written down by GitLab. It takes GitLab Premium.
    Evidence(EvidenceArgs),
    /// List the releases that GitLab has, of a project or a group: all, or those that are yet to come.
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show one release: its notes, assets, milestones and evidence.
    #[command(visible_alias = "view")]
    Show(ShowArgs),
    /// Check what apply will need: server, token, role, limits. Changes nothing.
    Doctor(DoctorArgs),
    /// Check a manifest without asking GitLab.
    Validate(ManifestArgs),
    /// Write down what is there already: the releases of a GitLab project, a changelog, git tags.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write a manifest to begin with, for the project that git's remote names.
    Init(InitArgs),
    /// Print the JSON Schema of a file format.
    Schema(SchemaArgs),
    /// Print what a shell needs to complete relsync's words.
    Completions(CompletionsArgs),
    /// Write manual pages, one for each command.
    Man(ManArgs),
    /// The embedded GitLab: rehearse and test without a server.
    #[cfg(feature = "sandbox")]
    #[command(subcommand)]
    Sandbox(SandboxCommand),
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    #[command(flatten)]
    pub(super) shard: ShardArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,

    /// Say of each step why it is there, where the wish is written, and what it waits for.
    #[arg(long)]
    pub(super) explain: bool,

    #[command(flatten)]
    pub(super) faces: FacesArgs,

    /// Also write FILE for GitLab's Terraform report (artifacts:reports:terraform), which shows in merge requests how many
    /// releases and milestones would be created, updated and deleted. A plan that is refused, or not whole, gets no numbers
    /// there: GitLab then says that the report could not be generated, and leads to the job.
    #[arg(long, value_name = "FILE")]
    pub(super) widget: Option<PathBuf>,

    /// Also write the plan to FILE, as JSON (see `relsync schema plan`).
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Exit with 2 if there are differences.
    #[arg(long)]
    pub(super) detailed_exitcode: bool,

    /// Keep the plan as a note on a merge request: MR is 7 or group/app!7, by default the CI job's own, if it has one.
    ///
    /// The token's user gets one note, which later plans rewrite. It takes a token with the scope api and the role
    /// Reporter; a CI job token can't write notes. What goes wrong with the note is a warning, and no failure.
    #[arg(long, value_name = "MR", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(super) note: Option<Target>,

    /// Keep a note of its own under KEY. By default there is one for each set of manifests (-f); jobs that plan the same
    /// ones apart, such as with --only, need different keys.
    #[arg(long, value_name = "KEY", requires = "note")]
    pub(super) note_key: Option<NoteKey>,
}

/// What a run is shown as.
#[derive(Debug, Args)]
pub(super) struct FacesArgs {
    /// What goes to stdout. Progress and talk go to stderr.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,

    /// Also write a report to FILE. May be given more than once.
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub(super) reports: Vec<ReportFile>,
}

#[derive(Debug, Args)]
pub(super) struct DriftArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) shard: ShardArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,

    /// Hold GitLab against the manifest as it is in the commit REF, and tell apart what the manifest here changes about
    /// that, and what conflicts. A mere change is no drift: then the exit code is 0. Read from git; nothing is checked out.
    ///
    /// In a merge request pipeline REF is CI_MERGE_REQUEST_DIFF_BASE_SHA, even without --base; elsewhere --base alone stands
    /// for the default branch: CI_DEFAULT_BRANCH of origin, or origin/HEAD. Where that branch has moved on since, name it:
    /// --base origin/main.
    #[arg(long, value_name = "REF", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "left out, given alone, and given with a value are three things")]
    pub(super) base: Option<Option<String>>,

    /// Let differences in FIELD be. May be given more than once. `milestones` also stands for the milestones themselves.
    #[arg(long, value_name = "FIELD", value_parser = ignored_field())]
    pub(super) ignore_field: Vec<IgnoredField>,

    #[command(flatten)]
    pub(super) faces: FacesArgs,
}

fn ignored_field() -> impl TypedValueParser<Value = IgnoredField> {
    PossibleValuesParser::new(IgnoredField::ALL.map(IgnoredField::as_str))
        .try_map(|word| IgnoredField::from_word(&word).ok_or("no such field"))
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Where to write it; in a folder, as its releases.toml. What is there already stays.
    #[arg(short, long, value_name = "FILE|DIR", default_value = "releases.toml")]
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// For which shell.
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Where to write the pages; made if it is not there.
    pub(super) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of which format.
    #[arg(value_name = "FORMAT", default_value = "manifest")]
    pub(super) of: SchemaOf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum SchemaOf {
    /// Of the manifest, releases.toml.
    Manifest,
    /// Of the plans that `plan --out` writes.
    Plan,
    /// Of the reports that `--format json` and `--report json=FILE` make.
    Report,
}

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// Carry out this plan, which `plan --out` wrote, in place of a new one. It must be for the GitLab that is configured
    /// here (--url, RELSYNC_URL or CI_SERVER_URL), and its project must still be the same.
    #[arg(value_name = "PLAN")]
    #[arg(conflicts_with_all = ["files", "only", "ignore", "max_deletes", "delete_packages", "shard"])]
    pub(super) plan: Option<PathBuf>,

    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    #[command(flatten)]
    pub(super) shard: ShardArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,

    #[command(flatten)]
    pub(super) faces: FacesArgs,

    /// At most so many requests side by side. It begins with 8, and adapts to how the server does.
    #[arg(long, value_name = "N", default_value = "32", value_parser = count)]
    pub(super) concurrency: NonZeroUsize,

    /// Don't ask; a must where nobody can be asked.
    #[arg(short, long)]
    pub(super) yes: bool,

    /// Refuse any plan but the one with this digest, which `plan --out` printed: the one that was reviewed.
    #[arg(long, value_name = "DIGEST")]
    pub(super) expect_digest: Option<Digest>,
}

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// Which releases a run is about, and how much it may do.
#[derive(Debug, Args)]
pub(super) struct FilterArgs {
    #[command(flatten)]
    pub(super) select: SelectArgs,

    /// Refuse a plan that deletes more releases, whatever the manifest allows: a number, or a percentage such as 10%. For
    /// one manifest at a time.
    #[arg(long, value_name = "N|N%")]
    pub(super) max_deletes: Option<MaxDeletes>,

    /// With each release that is deleted, delete those files of the project's own package registry that its links lead to,
    /// and no link of another release. Without this they stay. It takes the role Maintainer.
    #[arg(long)]
    pub(super) delete_packages: bool,
}

/// Which releases a run is about.
#[derive(Debug, Args)]
pub(super) struct SelectArgs {
    /// Look only at releases with these tags, or whose tags match these globs.
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(super) only: Vec<String>,

    /// Leave releases with these tags, or whose tags match these globs, as they are.
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(super) ignore: Vec<String>,
}

impl SelectArgs {
    /// The releases that the run is about.
    pub(super) fn selection(&self) -> Result<Selection, Failure> {
        let words = |words: &[String]| match words {
            [] => Ok(None),
            words => {
                TagWords::new(words.to_vec()).map(Some).map_err(|(word, why)| Failure::bad_pattern(&word, why.kind()))
            }
        };
        Ok(Selection { only: words(&self.only)?, ignore: words(&self.ignore)? })
    }
}

/// Which GitLab, and who asks.
#[derive(Debug, Args)]
pub(super) struct ServerArgs {
    /// Use the embedded GitLab, kept in DIR [default: .relsync], in place of a server.
    #[cfg(feature = "sandbox")]
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = ".relsync")]
    #[arg(conflicts_with_all = ["url", "token_file", "ca_file"])]
    pub(super) sandbox: Option<PathBuf>,

    /// GitLab's address, in place of the manifest's. Without either it is the first that is set of RELSYNC_URL,
    /// CI_API_V4_URL and CI_SERVER_URL, else gitlab.com.
    #[arg(long, value_parser = url)]
    pub(super) url: Option<Url>,

    /// Read the token from FILE. By default it is the first that is set of RELSYNC_TOKEN, GITLAB_TOKEN and CI_JOB_TOKEN.
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,

    /// How the token goes to GitLab: as a PRIVATE-TOKEN, JOB-TOKEN or Bearer header. By default as JOB-TOKEN if it is
    /// CI_JOB_TOKEN's, else as PRIVATE-TOKEN.
    #[arg(long, value_name = "KIND", env = "RELSYNC_TOKEN_KIND")]
    pub(super) token_kind: Option<TokenKindArg>,

    /// Trust the certificate authorities in FILE, too. By default it is the first that is set of CI_SERVER_TLS_CA_FILE and
    /// SSL_CERT_FILE.
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,

    /// Allow unencrypted http to another machine, which shows it, and the token, to everybody on the way.
    #[arg(long)]
    pub(super) insecure_http: bool,

    /// How long GitLab may stay silent before a request counts as lost, such as 30s.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    pub(super) timeout: Duration,

    /// How long a request that failed is tried again, and how long GitLab may ask to wait; 0s for not at all. A host that no
    /// name server knows is given up within seconds.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = time)]
    pub(super) retry_for: Duration,
}

impl ServerArgs {
    /// Whether the embedded GitLab is to answer.
    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_self, reason = "there is none"))]
    pub(super) fn is_embedded(&self) -> bool {
        #[cfg(feature = "sandbox")]
        return self.sandbox.is_some();
        #[cfg(not(feature = "sandbox"))]
        false
    }

    /// The files that are read.
    pub(super) fn files(&self) -> Vec<&Path> {
        self.token_file.iter().chain(&self.ca_file).map(PathBuf::as_path).collect()
    }
}

fn url(text: &str) -> Result<Url, String> {
    text.parse().map_err(|why| format!("{why}; write GitLab's own address, such as https://gitlab.example.com"))
}

/// A number of things of which there is at least one.
pub(super) fn count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "write a whole number, 1 or more".to_owned())
}

pub(super) fn time(text: &str) -> Result<Duration, String> {
    let time = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.ok_or_else(|| "write a time such as 30s, 5m or 1m30s".to_owned())
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum TokenKindArg {
    /// Personal, project and group access tokens.
    Private,
    /// A CI job's token.
    Job,
    /// OAuth tokens, as Bearer.
    Oauth,
}

#[cfg(feature = "sandbox")]
#[derive(Debug, Subcommand)]
pub(super) enum SandboxCommand {
    /// Serve the embedded GitLab until interrupted.
    Serve(ServeArgs),
    /// Throw the state away and start from the seed again.
    Reset {
        /// Where the state is kept.
        #[arg(long, value_name = "DIR", default_value = ".relsync")]
        data: PathBuf,
        /// Start from what FILE declares, not from the example project.
        #[arg(long, value_name = "FILE")]
        seed: Option<PathBuf>,
    },
}

#[cfg(feature = "sandbox")]
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 picks a free one. Only this machine can reach 127.0.0.1, 0.0.0.0 lets others in.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8929")]
    pub(super) listen: std::net::SocketAddr,

    /// Keep the state in DIR, not in memory.
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,

    /// Start from the groups, projects and releases that FILE declares.
    #[arg(long, value_name = "FILE")]
    pub(super) seed: Option<PathBuf>,

    /// What was paid for: `free` has no evidence, and no group milestones in releases.
    #[arg(long, value_name = "free|premium", default_value = "premium")]
    pub(super) tier: Tier,

    /// Give every answer so much later, such as 50ms.
    #[arg(long, value_name = "TIME", default_value = "0s", hide_default_value = true, help_heading = "Bad days")]
    pub(super) latency: Span,

    /// Let something go wrong: 'POST */releases 503 0.1'. May be given more than once; the first that strikes is the
    /// only one.
    ///
    /// METHOD may be * for any. GLOB is over the path below /api/v4 as it is sent, * stands for slashes, too. WHAT is a
    /// status from 400 to 599, reset (the connection, before anything is done), hang (no answer at all), truncate (done,
    /// but the answer breaks off) or lost-answer (done, but the connection ends unanswered). HOW-OFTEN is a probability
    /// from 0 to 1, or a count: 3x strikes the first three requests.
    #[arg(long, value_name = "METHOD GLOB WHAT HOW-OFTEN", help_heading = "Bad days")]
    pub(super) fault: Vec<Fault>,

    /// Let faults by probability fall alike in every run with the same N and the same requests in the same order.
    #[arg(long, value_name = "N", help_heading = "Bad days")]
    pub(super) fault_seed: Option<u64>,

    /// Refuse with 429 what is too much: release-writes=300/60s. May be given more than once.
    ///
    /// KIND is release-writes (a project's creates and updates), evidence (a user's collecting of it) or api (all that a
    /// user asks). Windows start by the clock, as GitLab's do.
    #[arg(long, value_name = "KIND=COUNT/WINDOW", help_heading = "Bad days")]
    pub(super) limit: Vec<Limit>,

    /// Keep what the list of releases shows for so long, until a release's updated_at moves; GitLab does for 300s.
    #[arg(long, value_name = "TIME", help_heading = "Bad days")]
    pub(super) list_cache: Option<Span>,
}
