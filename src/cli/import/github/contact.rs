//! Which GitHub to ask, and as whom.

use super::args::GithubArgs;
use super::failure::GithubFailure;
use crate::cli::clients::observer;
use crate::cli::failure::Failure;
use crate::cli::server::{authorities_in, token_in, variable};
use crate::github::{Client, Settings, api_of, is_githubs};
use crate::ui::Ui;
use url::Url;

/// The order in which `gh` looks at them; those for somebody's own GitHub count only there.
const TOKENS: [&str; 4] = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"];

/// A client of the GitHub that the arguments, or else the environment, name.
pub(super) fn client(ui: &Ui, args: &GithubArgs) -> Result<Client, Failure> {
    let (web, from) = match (&args.github_url, variable("GITHUB_SERVER_URL")) {
        (Some(url), _) => (url.clone(), "--github-url"),
        (None, Some(text)) => (parsed(text.trim(), "GITHUB_SERVER_URL")?, "GITHUB_SERVER_URL"),
        (None, None) => (parsed("https://github.com", "the default")?, "the default"),
    };
    let api = api_of(&web).map_err(|why| GithubFailure::BadUrl { from, why: why.to_owned() })?;
    let variables = if is_githubs(&api) { &TOKENS[2..] } else { &TOKENS };
    let token = token_in(args.token_file.as_deref(), variables)?.map(|found| found.value);
    let is_encrypted = api.scheme() == "https";
    let authorities = if is_encrypted { authorities_in(args.ca_file.as_deref(), &["SSL_CERT_FILE"])? } else { None };
    let settings = Settings {
        insecure_http: args.insecure_http,
        authorities: authorities.map(|found| found.value).unwrap_or_default(),
        timeout: args.timeout,
        retry_for: args.retry_for,
        observer: Some(observer(ui)),
        ..Settings::new(api, token)
    };
    Ok(Client::new(settings).map_err(GithubFailure::from)?)
}

fn parsed(text: &str, from: &'static str) -> Result<Url, GithubFailure> {
    Url::parse(text).map_err(|why| GithubFailure::BadUrl { from, why: format!("is no url: {why}") })
}
