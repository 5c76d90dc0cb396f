//! The one place through which every request goes: address, token, timeouts, and what an answer's status means.
//!
//! Invariants: a request goes to the configured address and nowhere else; nothing is followed (callers may ask
//! again for the id of a project that has moved); every text that comes back in an [`Error`] has gone through [`Transport::harmless`].

use crate::gitlab::address::check_url;
use crate::gitlab::answer::{Answer, kind_of_status, words};
use crate::gitlab::gate::{Gates, Held, Hold, Pass};
use crate::gitlab::help::{Failed, help};
use crate::gitlab::pools::Pools;
use crate::gitlab::request::{Content, Request};
use crate::gitlab::retry::{Tries, may_repeat, retry_after};
use crate::gitlab::trouble::Troubles;
use crate::gitlab::upload::Upload;
use crate::gitlab::{Error, Kind, Observer, Settings, Token, TokenKind, Wait};
use crate::http::{Broken, LONGEST_WAIT, Unread, message, read_all, read_some};
use crate::model::ProjectId;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use url::Url;

/// A whole request may take so many times as long as GitLab may stay silent: an answer that drips for ever is none.
const LONGEST_ANSWER: u32 = 5;

/// So often a name is looked up that nobody knows, if GitLab has never answered: it is mistyped. That there is nobody to ask
/// is another error, which may well pass.
const MOST_LOOKUPS: u32 = 5;

/// So many requests go side by side, unless it is said otherwise: many projects are read at once, each perhaps in pages.
const SIDE_BY_SIDE: usize = 32;

/// What is said of a request that waited when the run was to stop.
const NOT_SENT: &str = "not sent: the run was to stop";

/// A connection pool, an address and a token.
pub(super) struct Transport {
    http: reqwest::Client,
    pub(super) pools: Pools,
    url: Url,
    /// The address of the API, without a slash at its end.
    api: String,
    token: Option<Token>,
    token_header: Option<(HeaderName, HeaderValue)>,
    gates: Gates,
    /// One for each request that may be under way.
    places: Semaphore,
    /// How many there are.
    most: AtomicUsize,
    timeout: Duration,
    first_wait: Duration,
    retry_for: Duration,
    observer: Option<Observer>,
    stopped: watch::Sender<bool>,
    troubles: Troubles,
    releases_read: AtomicU64,
    releases_told: AtomicU64,
}

/// How a request got no answer.
struct NoAnswer {
    kind: Kind,
    reason: String,
    /// Whether the host's name leads to no address.
    is_of_no_host: bool,
}

impl NoAnswer {
    /// From whom `url` leads to.
    fn by(error: &reqwest::Error, url: &Url) -> Self {
        let broken = Broken::by(error);
        let is_of_no_host = broken.is_unresolved(error);
        Self { kind: broken.into(), reason: broken.reason(error, url), is_of_no_host }
    }
}

impl Transport {
    pub(super) fn new(settings: Settings) -> Result<Self, Error> {
        let Settings {
            url,
            answers_at,
            token,
            insecure_http,
            authorities,
            connect_timeout,
            timeout,
            first_wait,
            retry_for,
            observer,
        } = settings;
        check_url(&url)?;
        let token_header = token.as_ref().map(Token::header).transpose()?;
        let pools = Pools {
            url: url.clone(),
            answers_at,
            has_token: token.is_some(),
            insecure_http,
            authorities,
            connect_timeout,
            timeout,
            files: OnceLock::new(),
            elsewhere: OnceLock::new(),
            uploads: OnceLock::new(),
        };
        let http = pools.for_answers()?;
        let api = format!("{}{}/api/v4", url.origin().ascii_serialization(), url.path().trim_end_matches('/'));
        Ok(Self {
            http,
            pools,
            url,
            api,
            token,
            token_header,
            gates: Gates::default(),
            places: Semaphore::new(SIDE_BY_SIDE),
            most: AtomicUsize::new(SIDE_BY_SIDE),
            timeout,
            first_wait,
            retry_for,
            observer,
            stopped: watch::Sender::new(false),
            troubles: Troubles::default(),
            releases_read: AtomicU64::new(0),
            releases_told: AtomicU64::new(0),
        })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The header that the token goes out in: to GitLab's own addresses only.
    pub(super) fn token_header(&self) -> Option<&(HeaderName, HeaderValue)> {
        self.token_header.as_ref()
    }

    pub(super) fn api(&self) -> &str {
        &self.api
    }

    pub(super) fn token_kind(&self) -> Option<TokenKind> {
        self.token.as_ref().map(Token::kind)
    }

    /// Makes a request and reads its answer, which is an error unless its status is 2xx. Waits while GitLab lets nothing
    /// through, and tries again what can be tried again.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer<'_>, Error> {
        self.send_within(request, &mut self.tries()).await
    }

    /// The same as one of several requests of one thing to do.
    pub(super) async fn send_within(&self, request: &Request, tries: &mut Tries) -> Result<Answer<'_>, Error> {
        loop {
            let (pass, place) = self.pass(request, tries).await?;
            let error = match self.once(request, tries.count(), &pass).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            drop((pass, place));
            tries.failed(&error);
            let is_nobody = error.is_of_no_host() && tries.unresolved() >= MOST_LOOKUPS;
            if tries.is_one() || (is_nobody && !self.troubles.was_ever_well()) || !may_repeat(request, &error) {
                return Err(error);
            }
            self.wait(tries, error).await?;
        }
    }

    /// The first of several tries of something.
    pub(super) fn tries(&self) -> Tries {
        Tries::new(self.first_wait, self.retry_for)
    }

    /// Waits until what failed like this may be tried again; the error, if it has been tried for long enough.
    pub(super) async fn wait(&self, tries: &mut Tries, error: Error) -> Result<(), Error> {
        let mut is_lost = false;
        if error.kind() != Kind::RateLimited {
            // A server that all have waited for in vain for so long is not waited for again, by each of a thousand requests.
            let since = self.troubles.add(error.method().unwrap_or_default(), LONGEST_WAIT + self.timeout);
            is_lost = since.elapsed() > self.retry_for;
        }
        if is_lost { Err(error) } else { self.wait_alone(tries, error).await }
    }

    /// The same, whatever became of other requests, and without a word to them.
    pub(super) async fn wait_alone(&self, tries: &mut Tries, error: Error) -> Result<(), Error> {
        let Some(wait) = tries.next_wait(&error) else { return Err(error) };
        let is_for_limit = error.kind() == Kind::RateLimited;
        let why = Wait { how_long: wait, why: error.to_string(), is_for_limit };
        self.tell(&why);
        match self.sleep(wait).await {
            Err(()) if !error.is_in_doubt() => Err(error.stopped()),
            Err(()) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    /// Whether the server has been in trouble for so long that more requests are in vain: longer than one is tried again,
    /// and than one may take.
    pub(super) fn is_lost(&self) -> bool {
        self.troubles.last_longer_than(self.retry_for.max(self.timeout))
    }

    pub(super) fn troubles(&self) -> u64 {
        self.troubles.count()
    }

    /// Counts a page of `list`, if it is one of releases; the first of them tells how many there are in `all`.
    pub(super) fn has_read(&self, list: &Request, rows: usize, all: Option<usize>) {
        if list.path.ends_with("/releases") {
            self.releases_read.fetch_add(rows as u64, Ordering::Relaxed);
            self.releases_told.fetch_add(all.unwrap_or(0) as u64, Ordering::Relaxed);
        }
    }

    /// What has been read so far is read again.
    pub(super) fn count_anew(&self) {
        self.releases_read.store(0, Ordering::Relaxed);
        self.releases_told.store(0, Ordering::Relaxed);
    }

    pub(super) fn releases_told(&self) -> u64 {
        self.releases_told.load(Ordering::Relaxed)
    }

    pub(super) fn releases_read(&self) -> u64 {
        self.releases_read.load(Ordering::Relaxed)
    }

    /// Nothing more is waited for: what waits to be sent is given up.
    pub(super) fn stop_waiting(&self) {
        self.stopped.send_replace(true);
    }

    /// How long it keeps trying.
    pub(super) fn patience(&self) -> Duration {
        self.retry_for
    }

    /// Lets so many requests go side by side from now on.
    pub(super) fn allow(&self, most: usize) {
        let before = self.most.swap(most, Ordering::Relaxed);
        match most.checked_sub(before) {
            Some(more) => self.places.add_permits(more),
            None => drop(self.places.forget_permits(before - most)),
        }
    }

    /// Waits at the gate, but for no longer than GitLab may ask anybody to wait.
    async fn pass(
        &self,
        request: &Request,
        tries: &mut Tries,
    ) -> Result<(Pass<'_>, Option<SemaphorePermit<'_>>), Error> {
        let mut told = None;
        loop {
            // Who waits at the gate takes no place: others may be let through. It is never closed.
            let place = tokio::select! {
                biased;
                place = self.places.acquire() => place.ok(),
                () = self.stopping() => return Err(self.failed(request, Kind::Stopped, NOT_SENT)),
            };
            if tries.are_stale() {
                return Err(self.failed(request, Kind::Stale, "what it is to change was looked at too long ago"));
            }
            let opened = self.gates.opened();
            let now = Instant::now();
            let Hold { until, why } = match self.gates.pass(request, now) {
                Ok(pass) => return Ok((pass, place)),
                Err(hold) => hold,
            };
            drop(place);
            let how_long = until.duration_since(now);
            if why != Held::BehindOthers {
                if how_long > tries.patience() {
                    let text = "GitLab lets no more such requests through for now";
                    let Request { method, path, .. } = request;
                    return Err(self.error(method, path, (None, Some(how_long)), None, Kind::RateLimited, text));
                }
                if told.replace(until) != Some(until) {
                    let why = "GitLab's rate limit is used up".to_owned();
                    self.tell(&Wait { how_long, why, is_for_limit: true });
                }
            }
            tokio::select! {
                // What GitLab refused stays refused until then.
                () = opened, if why != Held::Refused => {}
                slept = self.sleep(how_long) => if slept.is_err() {
                    return Err(self.failed(request, Kind::Stopped, NOT_SENT));
                }
            }
            tries.hold_up(now.elapsed());
        }
    }

    fn tell(&self, wait: &Wait) {
        if let Some(observer) = &self.observer {
            observer(wait);
        }
    }

    /// Sleeps, unless the run is to stop.
    pub(super) async fn sleep(&self, how_long: Duration) -> Result<(), ()> {
        tokio::select! {
            () = tokio::time::sleep(how_long) => Ok(()),
            () = self.stopping() => Err(()),
        }
    }

    /// Completes when the run is to stop.
    async fn stopping(&self) {
        let mut stopped = self.stopped.subscribe();
        // The sender is this transport's own.
        drop(stopped.wait_for(|stopped| *stopped).await);
    }

    /// Makes one request, once. `attempt` is for the log.
    async fn once(&self, request: &Request, attempt: u32, pass: &Pass<'_>) -> Result<Answer<'_>, Error> {
        let Request { method, path, query, body } = request;
        let failed = |kind, text: &str| self.error(method, path, (None, None), None, kind, text);
        let url = self.address(path, query).map_err(|text| failed(Kind::Invalid, text))?;
        let (http, limit) = match body {
            Content::File(_) => (self.pools.for_uploads()?, None),
            Content::None | Content::Json(_) => (&self.http, Some(self.timeout * LONGEST_ANSWER)),
        };
        let mut builder = http.request(method.clone(), url).header(header::ACCEPT, "application/json");
        if let Some(limit) = limit {
            builder = builder.timeout(limit);
        }
        if let Some((name, value)) = &self.token_header {
            builder = builder.header(name, value);
        }

        let started = Instant::now();
        let sent = match body {
            Content::None => builder.send().await.map_err(|e| NoAnswer::by(&e, &self.url)),
            Content::Json(body) => builder.json(body).send().await.map_err(|e| NoAnswer::by(&e, &self.url)),
            Content::File(upload) => self.send_file(builder, upload).await,
        };
        let response = sent.map_err(|NoAnswer { kind, reason, is_of_no_host }| {
            tracing::debug!(%method, %path, attempt, ms = ms(started), reason = self.harmless(&reason), "request");
            failed(kind, &reason).of_no_host(is_of_no_host)
        })?;
        let (status, headers) = (response.status(), response.headers().clone());
        let reading =
            async { if status.is_success() { read_all(response).await } else { Ok(read_some(response).await) } };
        // Nothing else sets an end to the answer about a file.
        let Ok(read) = tokio::time::timeout(self.timeout * LONGEST_ANSWER, reading).await else {
            let (status, reason) = (status.as_u16(), "the answer did not come to its end in time");
            tracing::debug!(%method, %path, attempt, status, ms = ms(started), reason, "request");
            return Err(failed(Kind::Timeout, reason));
        };
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(|id| self.harmless(id));
        let bytes = read.as_ref().map(|body| body.len() as u64).ok();
        tracing::debug!(
            %method, %path, attempt, status = status.as_u16(), bytes, ms = ms(started),
            request_id = request_id.as_deref(), "request"
        );
        let body = read.map_err(|unread| match unread {
            Unread::BrokeOff(e) => {
                let broken = Broken::by(&e);
                failed(broken.into(), &format!("the answer broke off: {}", broken.reason(&e, &self.url)))
            }
            Unread::TooLong => failed(Kind::Decode, "the answer is longer than any of GitLab's"),
        })?;

        if !status.is_server_error() {
            self.troubles.end(method.as_str());
        }
        if status.is_success() {
            pass.answered(&headers, Instant::now());
            return Ok(Answer { transport: self, method: method.clone(), path: path.clone(), status, headers, body });
        }
        let (kind, text, leads_to) = if status.is_redirection() {
            self.redirect(path, &headers)
        } else {
            (kind_of_status(status), words(status, &self.readable(&body)), None)
        };
        let wait = retry_after(status, &headers);
        if kind == Kind::RateLimited {
            pass.refused(&headers, wait.unwrap_or(self.first_wait), Instant::now());
        }
        let error = self.error(method, path, (Some(status), wait), request_id.as_deref(), kind, &text);
        Err(error.leading_to(leads_to))
    }

    /// Sends a file, for as long as the connection takes more of it.
    async fn send_file(&self, builder: RequestBuilder, upload: &Upload) -> Result<Response, NoAnswer> {
        let (body, sending) = upload.begin();
        let request = builder.header(header::CONTENT_TYPE, "application/octet-stream");
        let request = request.header(header::CONTENT_LENGTH, upload.size).body(body).send();
        let sent = tokio::select! {
            sent = request => sent.map_err(|e| NoAnswer::by(&e, &self.url)),
            () = sending.stalls(self.timeout, self.timeout * LONGEST_ANSWER) => {
                let address = self.url.origin().ascii_serialization();
                let reason = format!("{address} takes no more of the file, or does not say that it has it");
                Err(NoAnswer { kind: Kind::Timeout, reason, is_of_no_host: false })
            }
        };
        match sending.flaw() {
            Some(reason) => Err(NoAnswer { kind: Kind::Unsent, reason, is_of_no_host: false }),
            None => sent,
        }
    }

    /// The request that a `Link: <…>; rel="next"` header stands for, if it stays on this API.
    pub(super) fn request_at(&self, link: &str) -> Option<Request> {
        let url = Url::parse(link).ok()?;
        let api = Url::parse(&self.api).ok()?;
        let path = url.path().strip_prefix(api.path()).filter(|path| path.starts_with('/'))?;
        (url.origin() == api.origin()).then(|| Request {
            method: Method::GET,
            path: path.to_owned(),
            query: url.query().unwrap_or_default().to_owned(),
            body: Content::None,
        })
    }

    /// An error about `request` that is nobody's answer.
    pub(super) fn failed(&self, request: &Request, kind: Kind, text: &str) -> Error {
        self.error(&request.method, &request.path, (None, None), None, kind, text)
    }

    /// The whole address, unless the url's rules would make another path of it (`..` is no name of anything).
    pub(super) fn address(&self, path: &str, query: &str) -> Result<Url, &'static str> {
        let text = format!("{}{path}{}{query}", self.api, if query.is_empty() { "" } else { "?" });
        match Url::parse(&text) {
            Ok(url) if url.as_str() == text && !path.contains("//") && !path.ends_with('/') => Ok(url),
            _ => Err("a name in it is empty, `.` or `..`"),
        }
    }

    pub(super) fn error(
        &self,
        method: &Method,
        path: &str,
        (status, retry_after): (Option<StatusCode>, Option<Duration>),
        request_id: Option<&str>,
        kind: Kind,
        text: &str,
    ) -> Error {
        let message = self.harmless(text);
        let token = self.token_kind();
        let help = help(&Failed { kind, method, path, message: &message, token, request_id, retry_after });
        let error = Error::new(kind, message).of_request(method, path).with_help(help).retrying_after(retry_after);
        match status {
            Some(status) => error.answered(status),
            None => error,
        }
    }

    /// `text` without the token, on one line, short, and with nothing in it that a terminal would act on.
    fn harmless(&self, text: &str) -> String {
        message::harmless(&self.redact(text))
    }

    /// A body as text, without the token: before anything is cut off, as half a token is still too much.
    pub(super) fn readable(&self, body: &[u8]) -> String {
        self.redact(&String::from_utf8_lossy(body))
    }

    /// `text` without the token.
    pub(super) fn redact(&self, text: &str) -> String {
        self.token.as_ref().map_or_else(|| text.to_owned(), |token| token.redact(text))
    }

    /// What a 3xx answer means and where it points. That the project has moved is believed only of this API: elsewhere the
    /// id would be another project's.
    fn redirect(&self, path: &str, headers: &HeaderMap) -> (Kind, String, Option<Request>) {
        let location = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
        let target = location.and_then(|l| Url::parse(&self.api).ok()?.join(l).ok());
        let Some(target) = target else {
            return (Kind::Redirect { moved_to: None }, "a redirect to nowhere".to_owned(), None);
        };
        let request = self.request_at(target.as_str());
        let moved_to = project_in(target.path()).filter(|id| Some(*id) != project_in(path) && request.is_some());
        let address = format!("{}{}", target.origin().ascii_serialization(), target.path());
        (Kind::Redirect { moved_to }, format!("a redirect to {address}"), request)
    }
}

/// A number in a log, where `u128` would become a text.
pub(super) fn ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The id in `…/projects/24/…`.
fn project_in(path: &str) -> Option<ProjectId> {
    let (_, after) = path.split_once("/projects/")?;
    after.split('/').next()?.parse().ok().map(ProjectId)
}
