//! What can be said after `relsync import github`.
#![expect(clippy::doc_markdown, reason = "doc comments are the help text here, which is no Markdown")]

use crate::cli::args::time;
use crate::cli::import::args::IntoArgs;
use crate::github::Repository;
use crate::import::{AssetType, GithubShape, Unmarked};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

#[derive(Debug, Args)]
pub(in crate::cli) struct GithubArgs {
    /// The repository, as in its address.
    #[arg(value_name = "OWNER/REPOSITORY", required_unless_present = "from")]
    pub(super) repository: Option<Repository>,

    /// Read the releases out of FILE, which `gh api --paginate repos/OWNER/REPOSITORY/releases` wrote; - for stdin.
    #[arg(long, value_name = "FILE")]
    pub(super) from: Option<PathBuf>,

    /// What to do about drafts. Only who may write to the repository sees them; on GitLab everybody would.
    #[arg(long, value_name = "HOW", default_value = "skip")]
    drafts: UnmarkedArg,

    /// What to do about pre-releases, for which GitLab has no mark: there the latest one by date is the latest release.
    #[arg(long, value_name = "HOW", default_value = "mark")]
    prereleases: UnmarkedArg,

    /// What files with such names are: other, runbook, image or package. By default it is guessed from the name. May be given
    /// more than once; the first that fits counts.
    #[arg(long, value_name = "GLOB=TYPE")]
    asset_type: Vec<AssetType>,

    /// Also fetch the releases' files, into DIR/TAG/NAME, and check their sizes and SHA-256. What is there already is not
    /// fetched again, and not written over. Links still lead to GitHub.
    #[arg(long, value_name = "DIR")]
    pub(super) download_assets: Option<PathBuf>,

    #[command(flatten)]
    pub(super) into: IntoArgs,

    /// GitHub's address. By default GITHUB_SERVER_URL, which GitHub Actions set, else github.com.
    #[arg(long, value_name = "URL")]
    pub(super) github_url: Option<Url>,

    /// Read GitHub's token from FILE. By default it is the first that is set of GH_TOKEN and GITHUB_TOKEN, and elsewhere than on
    /// github.com and ghe.com, before those, of GH_ENTERPRISE_TOKEN and GITHUB_ENTERPRISE_TOKEN. What is public can be read without
    /// one, up to 60 requests an hour.
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,

    /// Trust the certificate authorities in FILE, too. By default those in SSL_CERT_FILE, if that is set.
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,

    /// Allow unencrypted http to another machine, which shows it, and the token, to everybody on the way.
    #[arg(long)]
    pub(super) insecure_http: bool,

    /// How long GitHub may stay silent before a request counts as lost, such as 30s.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    pub(super) timeout: Duration,

    /// How long a request that failed is tried again, and how long GitHub may ask to wait; 0s for not at all.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = time)]
    pub(super) retry_for: Duration,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UnmarkedArg {
    /// Leave them out, and say which.
    Skip,
    /// Take them, with " (draft)" or " (pre-release)" at the end of their names.
    Mark,
    /// Take them as any other.
    Include,
}

impl From<UnmarkedArg> for Unmarked {
    fn from(how: UnmarkedArg) -> Self {
        match how {
            UnmarkedArg::Skip => Self::Skip,
            UnmarkedArg::Mark => Self::Mark,
            UnmarkedArg::Include => Self::Include,
        }
    }
}

impl GithubArgs {
    pub(super) fn shape(&self) -> GithubShape {
        GithubShape { drafts: self.drafts.into(), prereleases: self.prereleases.into(), types: self.asset_type.clone() }
    }
}
