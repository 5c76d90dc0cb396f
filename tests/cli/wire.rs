//! A GitLab of a few lines that remembers what it was asked, with TLS or without, and a proxy that may stand before it.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it answers: status, more headers with a line end each, and a body.
pub(crate) type Answer = (u16, String, String);

/// A server in this process, which ends with it.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Wire {
    /// Without TLS.
    pub(crate) fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self::serve(answer, |stream| stream)
    }

    /// Without TLS, and answering to whole heads rather than paths.
    pub(crate) fn with_heads(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self::serve_heads(answer, |stream| stream)
    }

    /// With a certificate that `authority` signed.
    pub(crate) fn with_tls(authority: &Authority, answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let config = authority.server();
        Self::serve(answer, move |stream| StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream))
    }

    fn serve<S: Read + Write>(
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> S + Send + Sync + 'static,
    ) -> Self {
        Self::serve_heads(move |head| answer(head.split(' ').nth(1).unwrap_or_default()), wrap)
    }

    fn serve_heads<S: Read + Write>(
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> S + Send + Sync + 'static,
    ) -> Self {
        let (address, heads) = listen(move |stream, heads| {
            let mut stream = wrap(stream);
            let Some(head) = read_head(&mut stream) else { return };
            let (status, headers, body) = answer(&head);
            heads.lock().unwrap().push(head);
            let length = if headers.contains("transfer-encoding") {
                String::new()
            } else {
                format!("content-length: {}\r\n", body.len())
            };
            let head = format!("HTTP/1.1 {status} \r\n{headers}{length}connection: close\r\n\r\n");
            // Who has hung up has seen enough.
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).and_then(|()| stream.flush());
        });
        Self { address, heads }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of the requests since the last call.
    pub(crate) fn heads(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap())
    }
}

/// A proxy that makes tunnels, all of them to one server, whatever they are asked to lead to.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    /// What clients sent through tunnels.
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    pub(crate) fn before(server: SocketAddr) -> Self {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = sent.clone();
        let (address, heads) = listen(move |mut client, heads| {
            let Some(head) = read_head(&mut client) else { return };
            let is_tunnel = head.starts_with("CONNECT ");
            heads.lock().unwrap().push(head);
            if !is_tunnel {
                let _ = client.write_all(b"HTTP/1.1 403 no\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                return;
            }
            client.write_all(b"HTTP/1.1 200 go\r\n\r\n").unwrap();
            let server = TcpStream::connect(server).unwrap();
            let (mut back, mut from) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut back);
                let _ = back.shutdown(std::net::Shutdown::Both);
            });
            let (mut buffer, mut server) = ([0; 4096], server);
            while let Ok(count @ 1..) = client.read(&mut buffer) {
                log.lock().unwrap().extend_from_slice(&buffer[..count]);
                if server.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
        });
        Self { address, heads, sent }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of what it was asked since the last call.
    pub(crate) fn heads(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap())
    }

    /// Whether `text` came by, in any request or tunnel.
    pub(crate) fn saw(&self, text: &str) -> bool {
        let sent = self.sent.lock().unwrap();
        let in_heads = self.heads.lock().unwrap().iter().any(|head| head.contains(text));
        in_heads || sent.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

type Heads = Arc<Mutex<Vec<String>>>;

fn listen(handle: impl Fn(TcpStream, &Heads) + Send + Sync + 'static) -> (SocketAddr, Heads) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Heads::default();
    let (log, handle) = (heads.clone(), Arc::new(handle));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (log, handle) = (log.clone(), handle.clone());
            std::thread::spawn(move || handle(stream.unwrap(), &log));
        }
    });
    (address, heads)
}

/// All up to the empty line, or nothing from a client that hung up or does not like the certificate.
fn read_head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8(head).unwrap())
}

/// A certificate authority that no system trusts, with a name of its own.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        let key = KeyPair::generate().unwrap();
        let name = format!("authority {:?}", &key.public_key_raw()[1..5]);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// Its certificate, as a file has it.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server named gitlab.test, 0.0.0.0 and 127.0.0.1.
    fn server(&self) -> Arc<ServerConfig> {
        let names = ["gitlab.test", "0.0.0.0", "127.0.0.1"].map(str::to_owned);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.0).unwrap();
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap())
    }
}

/// What a GitLab with an empty project 24, `root/awesome-app`, answers to a Developer.
pub(crate) fn gitlab(path: &str) -> Answer {
    let (_, path) = path.split_once("/api/v4").unwrap_or_default();
    let path = path.split('?').next().unwrap();
    let value = match path {
        "/version" => json!({ "version": "18.10.0", "enterprise": true }),
        "/user" => json!({ "username": "ada" }),
        "/personal_access_tokens/self" => json!({ "scopes": ["api"], "expires_at": null }),
        _ if path.ends_with("/releases") => json!([]),
        _ => json!({
            "id": 24, "path_with_namespace": "root/awesome-app", "web_url": "https://gitlab.test/root/awesome-app",
            "merge_pipelines_enabled": false,
            "permissions": { "project_access": null, "group_access": { "access_level": 30 } },
        }),
    };
    (200, String::new(), value.to_string())
}
