//! Another host than GitLab, that answers byte by byte what a test wants, and remembers what it was told.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request's head.
#[derive(Debug, Clone)]
pub(crate) struct Head(pub(crate) String);

impl Head {
    pub(crate) fn path(&self) -> &str {
        self.0.split_whitespace().nth(1).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.0.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// From which byte on the file is asked for.
    pub(crate) fn from(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// Listens until the process ends.
pub(crate) struct Host {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Head>>>,
}

impl Host {
    /// `answer` makes the whole answer to each request, which is then cut off by the end of the connection.
    pub(crate) fn start(answer: impl Fn(&Head) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // Who hangs up early has seen enough.
                let _ = serve(&stream.unwrap(), &log, &answer);
            }
        });
        Self { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Head> {
        self.seen.lock().unwrap().clone()
    }

    /// That nobody who came here brought what is GitLab's.
    #[track_caller]
    pub(crate) fn saw_no_token(&self, token: &str) {
        let seen = self.seen();
        assert!(!seen.is_empty(), "nobody came");
        for Head(head) in seen {
            let lower = head.to_lowercase();
            for word in [token, "private-token", "job-token", "authorization", "cookie", "referer"] {
                assert!(!lower.contains(word), "{head}");
            }
        }
    }
}

fn serve(mut stream: &TcpStream, log: &Mutex<Vec<Head>>, answer: &dyn Fn(&Head) -> Vec<u8>) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let head = Head(head);
    let answer = answer(&head);
    log.lock().unwrap().push(head);
    stream.write_all(&answer)
}

/// An answer with these lines in its head.
pub(crate) fn answer(status: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let length = format!("content-length: {}", body.len());
    let length = Some(&length).filter(|_| !headers.iter().any(|header| header.starts_with("content-length")));
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    head.extend(headers.iter().chain(length).flat_map(|header| [header.as_str(), "\r\n"]));
    [head.as_bytes(), b"\r\n", body].concat()
}

/// The whole of a file.
pub(crate) fn whole(body: &[u8]) -> Vec<u8> {
    answer("200 OK", &[], body)
}

pub(crate) fn not_found() -> Vec<u8> {
    answer("404 Not Found", &[], b"<title>Nothing here</title>")
}

pub(crate) fn redirect(to: &str) -> Vec<u8> {
    answer("302 Found", &[format!("location: {to}")], b"")
}

/// `file` as a server with this tag for it sends what is asked for, but not more than `most` bytes before it hangs up.
pub(crate) fn part(head: &Head, file: &[u8], etag: Option<&str>, most: usize) -> Vec<u8> {
    let mut headers: Vec<String> = etag.iter().map(|etag| format!("etag: {etag}")).collect();
    let is_same = head.header("if-range").is_none_or(|version| Some(version) == etag);
    let from = head.from().filter(|_| is_same).unwrap_or(0);
    let rest = &file[from..];
    headers.push(format!("content-length: {}", rest.len()));
    let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
    if from > 0 {
        headers.push(format!("content-range: bytes {from}-{}/{}", file.len() - 1, file.len()));
    }
    answer(status, &headers, &rest[..rest.len().min(most)])
}
