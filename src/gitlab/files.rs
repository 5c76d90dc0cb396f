//! Files: what assets, archives and evidence lead to, as a stream that is never held whole.
//!
//! Invariants: the token goes to the configured GitLab and to nobody else, and there only to what hands out files (see
//! `handing_out`): whoever writes a link must not choose what is read in the name of whoever downloads. Redirects are followed one by one; the first
//! that leads away from GitLab is where the token stays behind, also if a later one leads back. Every text in an [`Error`]
//! is harmless, and shows of another host's address neither the query, where signatures are, nor a password.

use crate::gitlab::answer::{kind_of_status, words};
use crate::gitlab::handing_out::hands_out_files;
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::retry::{may_repeat, retry_after};
use crate::gitlab::transport::{Transport, ms};
use crate::gitlab::{Client, Error, Kind, Tries};
use crate::http::{Broken, causes, is_loopback, message, read_some};
use crate::model::{AssetPath, ProjectRef, Sha256, TagName};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use std::time::{Duration, Instant};
use url::Url;

/// More redirects than that lead nowhere.
const MOST_HOPS: usize = 10;
/// So often a host's name is looked up that nobody knows.
const MOST_LOOKUPS: u32 = 3;
/// What GitLab calls a package file's digest.
const CHECKSUM: &str = "x-checksum-sha256";
/// Where GitLab sends a browser that it does not know.
const SIGN_IN: &str = "/users/sign_in";

/// Where a file is.
#[derive(Debug, Clone)]
pub enum FileAt {
    /// Where an asset link's path leads.
    Asset {
        /// Of this project,
        project: ProjectRef,
        /// of its release for this tag,
        tag: TagName,
        /// the link with this path.
        path: AssetPath,
    },
    /// An archive of the sources.
    Archive {
        /// Of this project,
        project: ProjectRef,
        /// at this tag,
        tag: TagName,
        /// such as `tar.gz`.
        format: String,
    },
    /// At this address, GitLab's own or another's.
    Url(Url),
}

/// From where a file that broke off is to go on.
#[derive(Debug, Clone)]
pub struct Resume {
    /// So many bytes are there.
    pub offset: u64,
    /// Of the file with this tag, if a server has told a strong one. Without it, that it is still the same file has to be
    /// found out from its digest.
    pub etag: Option<String>,
}

/// A request for a file, told to the log once it is over: what it came to, and how much came.
struct Told {
    path: String,
    has_token: bool,
    began: Instant,
    status: Option<u16>,
    bytes: u64,
    /// Why there was no answer, or no end of it.
    reason: Option<String>,
}

impl Drop for Told {
    fn drop(&mut self) {
        let Self { path, has_token, began, status, bytes, reason } = self;
        let reason = reason.as_deref();
        tracing::debug!(method = %Method::GET, %path, status, bytes, ms = ms(*began), reason, has_token, "request");
    }
}

/// A file that comes in.
pub struct Incoming {
    response: Response,
    told: Told,
    at: Address,
    /// Where in the file it begins: what was asked for, or 0.
    pub offset: u64,
    /// The length of the whole file, if that is told.
    pub length: Option<u64>,
    /// A strong tag of this version of the file, if there is one.
    pub etag: Option<String>,
    /// The digest that GitLab itself has of the file.
    pub digest: Option<Sha256>,
    /// The first host on the way to it, GitLab among them, that was asked over a connection that anybody could have changed
    /// the answer on: whoever says where a file is decides what it is.
    pub in_clear_from: Option<String>,
}

/// What is learnt on the way to a file.
#[derive(Debug, Default)]
struct Learnt {
    digest: Option<Sha256>,
    in_clear_from: Option<String>,
}

/// An address that is asked, whether that is GitLab, and whether with the token.
#[derive(Debug, Clone)]
struct Address {
    url: Url,
    is_home: bool,
    has_token: bool,
    /// The path below `/api/v4`, or the address without what may be secret in it.
    shown: String,
}

impl Incoming {
    /// The next bytes; none at the file's end.
    ///
    /// # Errors
    /// If the stream broke off.
    pub async fn chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Error> {
        let chunk = self.response.chunk().await.map_err(|error| {
            let text = message::harmless(&format!("the file broke off: {}", causes(&error)));
            self.told.reason = Some(text.clone());
            Error::new(Broken::by(&error).into(), text).of_request(&Method::GET, &self.at.shown)
        })?;
        self.told.bytes += chunk.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Ok(chunk)
    }
}

impl Client {
    /// Begins to read a file, wherever it leads. `resume`: what is asked for is the rest of it; what comes may be the
    /// whole one all the same.
    ///
    /// # Errors
    /// Also if it leads to an address that is not http, or round in a circle. Nothing is tried again here.
    pub async fn open(&self, file: &FileAt, resume: Option<&Resume>) -> Result<Incoming, Error> {
        let transport = &*self.transport;
        let mut at = transport.first_address(file)?;
        // It was GitLab that told of the file.
        let mut learnt = Learnt { in_clear_from: self.in_clear_from(), ..Learnt::default() };
        for _ in 0..MOST_HOPS {
            let (response, told) = transport.ask(&at, resume).await?;
            if at.is_home && learnt.digest.is_none() {
                learnt.digest = text(response.headers(), CHECKSUM).and_then(|digits| digits.parse().ok());
            }
            learnt.in_clear_from = learnt.in_clear_from.or_else(|| host_in_clear(&at.url));
            if !response.status().is_redirection() {
                return transport.incoming((response, told), at, learnt, resume).await;
            }
            at = transport.next_address(&at, &response)?;
        }
        Err(transport.unfit(&at, None, Kind::Redirect { moved_to: None }, "it is sent on and on", None))
    }

    /// GitLab's host, if anybody on the way to it could change what it says: its digests prove nothing then.
    #[must_use]
    pub fn in_clear_from(&self) -> Option<String> {
        host_in_clear(self.transport.url())
    }

    /// Waits until a file that failed like this may be asked for again.
    ///
    /// # Errors
    /// `error`, if that is in vain, if it has been tried for long enough, or if the run is to stop.
    pub async fn wait_for_file(&self, tries: &mut Tries, error: Error) -> Result<(), Error> {
        if !may_repeat(&Request::get(&[]), &error) {
            return Err(error);
        }
        if error.is_of_no_host() && tries.count() >= MOST_LOOKUPS {
            return Err(error);
        }
        // That another host is in trouble is nothing that other requests should hear of.
        if error.path().is_some_and(|path| path.starts_with('/')) {
            self.transport.wait(tries, error).await
        } else {
            self.transport.wait_alone(tries, error).await
        }
    }
}

impl Transport {
    fn first_address(&self, file: &FileAt) -> Result<Address, Error> {
        let request = match file {
            FileAt::Asset { project, tag, path } => {
                let project = segment(project);
                let mut segments = vec!["projects", &project, "releases", tag.as_str(), "downloads"];
                segments.extend(path.as_str().trim_start_matches('/').split('/'));
                Request::get(&segments)
            }
            FileAt::Archive { project, tag, format } => {
                let archive = format!("archive.{format}");
                Request::get(&["projects", &segment(project), "repository", &archive]).query("sha", tag)
            }
            FileAt::Url(url) => return self.checked(self.address_of(url.clone(), true)),
        };
        let url = self.address(&request.path, &request.query);
        let url = url.map_err(|text| self.failed(&request, Kind::Invalid, text))?;
        Ok(Address { url, is_home: true, has_token: true, shown: request.path })
    }

    /// `may_be_home`: nothing has led away from GitLab so far.
    fn address_of(&self, url: Url, may_be_home: bool) -> Address {
        let has_user = !url.username().is_empty() || url.password().is_some();
        let prefix = self.url().path().trim_end_matches('/');
        let below = url.path().strip_prefix(prefix).filter(|rest| rest.starts_with('/'));
        let is_home = may_be_home && !has_user && below.is_some() && url.origin() == self.url().origin();
        let has_token = is_home && below.is_some_and(hands_out_files);
        let api = self.request_at(url.as_str()).filter(|_| is_home).map(|request| request.path);
        let shown = api.unwrap_or_else(|| {
            let host = url.origin().ascii_serialization();
            message::harmless(&self.redact(&format!("{host}{}", url.path())))
        });
        Address { url, is_home, has_token, shown }
    }

    fn checked(&self, at: Address) -> Result<Address, Error> {
        if matches!(at.url.scheme(), "http" | "https") && at.url.has_host() {
            return Ok(at);
        }
        let text = format!("{} is no protocol that files are downloaded by here", at.url.scheme());
        let shown = format!("{}://{}{}", at.url.scheme(), at.url.host_str().unwrap_or_default(), at.url.path());
        let at = Address { shown: message::harmless(&self.redact(&shown)), ..at };
        Err(self.unfit(&at, None, Kind::Invalid, &text, Some("it takes http and https")))
    }

    /// Where a redirect leads.
    fn next_address(&self, at: &Address, response: &Response) -> Result<Address, Error> {
        let status = Some(response.status());
        let kind = Kind::Redirect { moved_to: None };
        // It is to be ASCII, and is not always.
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|location| std::str::from_utf8(location.as_bytes()).ok());
        let Some(target) = location.and_then(|location| at.url.join(location).ok()) else {
            return Err(self.unfit(at, status, kind, "a redirect to nowhere", None));
        };
        let next = self.address_of(target, at.is_home);
        if next.is_home && next.url.path().ends_with(SIGN_IN) {
            let text = "GitLab wants a sign-in, as in a browser";
            return Err(self.unfit(at, status, Kind::Unauthorized, text, Some(ONLY_BROWSERS)));
        }
        self.checked(next)
    }

    /// Asks, once.
    async fn ask(&self, at: &Address, resume: Option<&Resume>) -> Result<(Response, Told), Error> {
        // Also what is not asked as GitLab: only these connections know where it answers.
        let is_gitlab = at.url.origin() == self.url().origin();
        let pool = if is_gitlab { self.pools.for_files() } else { self.pools.for_elsewhere() }?;
        let mut request = pool.get(at.url.clone()).header(header::ACCEPT, "*/*");
        // What is packed on the way has another length and digest.
        request = request.header(header::ACCEPT_ENCODING, "identity");
        if let Some((name, value)) = self.token_header().filter(|_| at.has_token) {
            request = request.header(name, value);
        }
        if let Some(Resume { offset, etag }) = resume {
            request = request.header(header::RANGE, format!("bytes={offset}-"));
            if let Some(etag) = etag.as_deref().and_then(|etag| HeaderValue::from_str(etag).ok()) {
                request = request.header(header::IF_RANGE, etag);
            }
        }
        let (path, has_token, began) = (at.shown.clone(), at.has_token, Instant::now());
        let mut told = Told { path, has_token, began, status: None, bytes: 0, reason: None };
        let sent = request.send().await;
        told.status = sent.as_ref().map(|response| response.status().as_u16()).ok();
        let response = sent.map_err(|error| {
            let broken = Broken::by(&error);
            let text = broken.reason(&error, &at.url);
            told.reason = Some(message::harmless(&self.redact(&text)));
            let is_unresolved = !at.is_home && broken.is_unresolved(&error);
            let help = is_unresolved.then_some("there seems to be no such host: correct the link's url");
            self.unfit(at, None, broken.into(), &text, help).of_no_host(is_unresolved)
        })?;
        Ok((response, told))
    }

    async fn incoming(
        &self,
        (response, mut told): (Response, Told),
        at: Address,
        Learnt { digest, in_clear_from }: Learnt,
        resume: Option<&Resume>,
    ) -> Result<Incoming, Error> {
        let (status, headers) = (response.status(), response.headers());
        if !status.is_success() {
            let wait = retry_after(status, headers);
            let body = read_some(response).await;
            told.bytes = body.len() as u64;
            let body = self.readable(&body);
            return Err(self.refused(&at, status, wait, &body));
        }
        let range = text(headers, header::CONTENT_RANGE.as_str()).and_then(range);
        let (offset, length) = match (status, range) {
            (StatusCode::PARTIAL_CONTENT, Some((offset, length))) if resume.is_some() => (offset, length),
            (StatusCode::PARTIAL_CONTENT, _) => {
                let text = "a part of the file that nobody asked for";
                return Err(self.unfit(&at, Some(status), Kind::Decode, text, None));
            }
            _ => (0, response.content_length()),
        };
        let etag = text(headers, header::ETAG.as_str()).filter(|etag| etag.starts_with('"')).map(str::to_owned);
        Ok(Incoming { response, told, at, offset, length, etag, digest, in_clear_from })
    }

    fn refused(&self, at: &Address, status: StatusCode, wait: Option<Duration>, body: &str) -> Error {
        let (kind, text) = (kind_of_status(status), words(status, body));
        if at.has_token && at.shown.starts_with('/') {
            return self.error(&Method::GET, &at.shown, (Some(status), wait), None, kind, &text);
        }
        let help = match (kind, at.is_home) {
            (Kind::Unauthorized | Kind::Forbidden | Kind::NotFound, true) if !at.has_token => Some(NO_FILES),
            (Kind::Unauthorized | Kind::Forbidden | Kind::NotFound, true) => Some(ONLY_BROWSERS),
            (Kind::Unauthorized | Kind::Forbidden, false) => Some(
                "that host wants to know who asks, and is not told: the token is for GitLab alone. Download it with what that \
                 host takes, or keep the file in GitLab's package registry",
            ),
            (Kind::NotFound, false) if at.url.origin() == self.url().origin() => Some(
                "another host led back to GitLab, where it is asked without the token: correct the link's url to GitLab's own",
            ),
            (Kind::NotFound, false) => Some("the link leads to nothing (any more): correct its url"),
            _ => None,
        };
        self.unfit(at, Some(status), kind, &text, help).retrying_after(wait)
    }

    /// An error about an address.
    fn unfit(&self, at: &Address, status: Option<StatusCode>, kind: Kind, text: &str, help: Option<&str>) -> Error {
        let text = message::harmless(&self.redact(text));
        let error = Error::new(kind, text).of_request(&Method::GET, &at.shown).with_help(help.map(str::to_owned));
        match status {
            Some(status) => error.answered(status),
            None => error,
        }
    }
}

const NO_FILES: &str = "GitLab is asked that without the token, which is only for what hands out files: assets, packages, archives, \
                        job artifacts and uploads";
const ONLY_BROWSERS: &str = "that is an address for browsers, where GitLab takes no token for most of what is not public; the \
                             API's addresses (…/api/v4/projects/…) take one";

/// The host of `url`, if it is another machine and the connection to it is one that anybody on the way can change things on.
fn host_in_clear(url: &Url) -> Option<String> {
    let is_in_clear = url.scheme() == "http" && !is_loopback(url);
    is_in_clear.then(|| message::harmless(url.host_str().unwrap_or_default()))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Where `bytes 5-9/10` begins, and the whole length.
fn range(text: &str) -> Option<(u64, Option<u64>)> {
    let (place, length) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = place.split_once('-')?;
    Some((from.trim().parse().ok()?, length.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gitlab::Settings;

    #[test]
    fn only_gitlabs_own_addresses_are_home() {
        let client = Client::new(Settings::new("https://host/gitlab".parse().unwrap(), None)).unwrap();
        let home = |url: &str, may| client.transport.address_of(url.parse().unwrap(), may).is_home;
        assert!(home("https://host/gitlab/api/v4/projects/1", true));
        assert!(home("https://HOST:443/gitlab/a/b/-/releases/v1/evidences/1.json", true));
        for other in [
            "http://host/gitlab/x",
            "https://host:444/gitlab/x",
            "https://host/x",
            "https://host/gitlabber/x",
            "https://host/gitlab/../x",
            "https://host.evil.example/gitlab/x",
            "https://host@evil.example/gitlab/x",
            "https://user:password@host/gitlab/x",
            "ftp://host/gitlab/x",
        ] {
            assert!(!home(other, true), "{other}");
        }
        assert!(!home("https://host/gitlab/api/v4/projects/1", false));
    }

    #[test]
    fn of_another_host_no_secret_is_shown() {
        let client = Client::new(Settings::new("https://host".parse().unwrap(), None)).unwrap();
        let url = "https://user:password@dl.example.com/a/%1b[31m?X-Amz-Signature=secret#x";
        assert_eq!(client.transport.address_of(url.parse().unwrap(), true).shown, "https://dl.example.com/a/%1b[31m");
    }

    #[test]
    fn plain_http_to_another_machine_is_in_clear() {
        let host = |url: &str| host_in_clear(&url.parse().unwrap());
        assert_eq!(host("http://dl.example.com:8080/a"), Some("dl.example.com".to_owned()));
        assert_eq!(host("http://192.0.2.1/a"), Some("192.0.2.1".to_owned()));
        for other in ["https://dl.example.com/a", "http://127.0.0.1:1/a", "http://[::1]/a", "http://localhost/a"] {
            assert_eq!(host(other), None, "{other}");
        }
    }

    #[test]
    fn a_range_tells_where_it_begins_and_how_long_the_whole_is() {
        assert_eq!(range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(range("bytes 5-9/*"), Some((5, None)));
        for odd in ["bytes */10", "5-9/10", "bytes x-9/10", "lines 1-2/3", ""] {
            assert_eq!(range(odd), None, "{odd}");
        }
    }
}
