//! A GitLab that lets uploads wait: in front of a sandbox, everything is passed on, but files only once that is allowed.

use crate::support::Server;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, header};
use std::sync::Arc;
use tokio::sync::Barrier;

/// A server on a thread of its own, stopped when dropped.
pub(crate) struct Gate {
    pub(crate) url: String,
    runtime: tokio::runtime::Runtime,
    barrier: Arc<Barrier>,
}

impl Gate {
    /// Each upload is passed on once `waiting` are at the gate, those counted that [`Gate::open`] stands for.
    pub(crate) fn before(server: &Server, waiting: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let barrier = Arc::new(Barrier::new(waiting));
        let (there, held) = (server.url.clone(), barrier.clone());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let handler = move |request: Request| {
            let (there, held, client) = (there.clone(), held.clone(), client.clone());
            async move {
                if request.method() == Method::PUT {
                    held.wait().await;
                }
                pass_on(&client, &there, request).await
            }
        };
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await.unwrap() });
        Self { url, runtime, barrier }
    }

    /// Stands for one upload at the gate, and returns once all are let through.
    pub(crate) fn open(&self) {
        self.runtime.block_on(self.barrier.wait());
    }
}

async fn pass_on(client: &reqwest::Client, there: &str, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let mut passed = client.request(head.method, format!("{there}{}", head.uri));
    for (name, value) in head.headers.iter().filter(|(name, _)| *name != header::HOST) {
        passed = passed.header(name, value);
    }
    let answer = passed.body(reqwest::Body::wrap_stream(body.into_data_stream())).send().await.unwrap();
    let mut back = Response::new(Body::empty());
    *back.status_mut() = answer.status();
    *back.headers_mut() = answer.headers().clone();
    back.headers_mut().remove(header::TRANSFER_ENCODING);
    *back.body_mut() = Body::from(answer.bytes().await.unwrap());
    back
}
