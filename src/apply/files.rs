//! Files on their way to GitLab: where they are read from, how far they are, and what is in the registry already.

use crate::gitlab::{Client, Error};
use crate::model::{PackagePlace, PackageVersion, ProjectRef, StoredFile};
use crate::plan::StepId;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{self, Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Opens a file by its path below the manifest's folder.
pub type Opener = Arc<dyn Fn(&str) -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// Where a plan's files are read from, and how far each is that is under way. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    pub(super) opener: Opener,
    transfers: Arc<sync::Mutex<BTreeMap<StepId, Transfer>>>,
}

/// A file that is under way.
#[derive(Debug, Clone, Copy)]
pub struct Transfer {
    /// How many bytes have gone.
    pub sent: u64,
    /// Of how many.
    pub size: u64,
    /// When the first did.
    pub began: Instant,
}

impl Files {
    /// Files that `opener` opens.
    #[must_use]
    pub fn new(opener: Opener) -> Self {
        Self { opener, transfers: Arc::default() }
    }

    /// For plans that upload nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Arc::new(|_| Err(io::ErrorKind::NotFound.into())))
    }

    /// What is under way, in the plan's order.
    #[must_use]
    pub fn transfers(&self) -> Vec<(StepId, Transfer)> {
        self.lock().iter().map(|(id, transfer)| (*id, *transfer)).collect()
    }

    /// So many bytes have gone: none as a try begins.
    pub(super) fn sent(&self, id: StepId, sent: u64, size: u64) {
        let began = Instant::now();
        let mut transfers = self.lock();
        let transfer = transfers.entry(id).or_insert(Transfer { sent, size, began });
        *transfer = if sent == 0 { Transfer { sent, size, began } } else { Transfer { sent, ..*transfer } };
    }

    pub(super) fn over(&self, id: StepId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StepId, Transfer>> {
        self.transfers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is in the registry, as of a look at each package that is young enough: somebody else may have uploaded a file since the
/// plan was made, or an earlier run of the same plan.
pub(super) struct Shelf<'p> {
    packages: BTreeMap<&'p PackageVersion, Mutex<Option<Look>>>,
    /// How long a look is good for.
    fresh_for: Duration,
}

/// What was found, and until when that is good enough. An error is kept as long, as those of guards are.
struct Look {
    good_until: Instant,
    found: Result<Vec<(PackagePlace, StoredFile)>, Error>,
}

impl<'p> Shelf<'p> {
    pub(super) fn new(packages: impl IntoIterator<Item = &'p PackageVersion>, fresh_for: Duration) -> Self {
        Self { packages: packages.into_iter().map(|package| (package, Mutex::default())).collect(), fresh_for }
    }

    /// The newest file at `place`, and until when that is sure.
    pub(super) async fn newest(
        &self,
        client: &Client,
        project: &ProjectRef,
        place: &PackagePlace,
    ) -> Result<(Option<StoredFile>, Instant), Error> {
        let Some(package) = self.packages.get(&place.of) else {
            return Ok((look(client, project, place).await?, Instant::now() + self.fresh_for));
        };
        let mut last = package.lock().await;
        let young = last.take().filter(|look| Instant::now() < look.good_until);
        let look = if let Some(look) = young {
            look
        } else {
            let found = client.package_files(project, &[&place.of]).await;
            Look { good_until: Instant::now() + self.fresh_for, found }
        };
        let Look { good_until, found } = last.insert(look);
        Ok((newest(found.as_ref().map_err(Error::clone)?, place), *good_until))
    }
}

/// The newest file at `place`, as it is now.
pub(super) async fn look(
    client: &Client,
    project: &ProjectRef,
    place: &PackagePlace,
) -> Result<Option<StoredFile>, Error> {
    Ok(newest(&client.package_files(project, &[&place.of]).await?, place))
}

fn newest(stored: &[(PackagePlace, StoredFile)], place: &PackagePlace) -> Option<StoredFile> {
    stored.iter().filter(|(at, _)| at == place).map(|(_, file)| *file).max_by_key(|file| file.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gitlab::Settings;
    use crate::model::ProjectId;
    use axum::http::{StatusCode, Uri};
    use axum::response::{IntoResponse, Response};
    use std::sync::atomic::{AtomicU64, Ordering};

    /// A GitLab with one package, in which each look at its files finds another one, and a third look nothing but `403`.
    async fn client() -> Client {
        let looks = Arc::new(AtomicU64::new(0));
        let answer = move |uri: Uri| -> Response {
            let json = [("content-type", "application/json")];
            if !uri.path().ends_with("/package_files") {
                return (json, r#"[{"id": 1, "name": "app", "version": "v1"}]"#).into_response();
            }
            match looks.fetch_add(1, Ordering::Relaxed) + 1 {
                look @ 1..=2 => {
                    let file = format!(r#"[{{"id": {look}, "package_id": 1, "file_name": "a", "size": 1}}]"#);
                    (json, file).into_response()
                }
                _ => (StatusCode::FORBIDDEN, json, r#"{"message": "403 Forbidden"}"#).into_response(),
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let answers = axum::Router::new().fallback(async move |uri| answer(uri));
        tokio::spawn(async { axum::serve(listener, answers).await });
        Client::new(Settings::new(url, None)).unwrap()
    }

    /// The file that is found each time, if any can be looked for.
    async fn found(fresh_for: Duration, times: usize) -> Vec<Option<u64>> {
        let (client, project) = (client().await, ProjectRef::Id(ProjectId(24)));
        let of = PackageVersion { package: "app".into(), version: "v1".into() };
        let place = PackagePlace { of: of.clone(), file_name: "a".into() };
        let shelf = Shelf::new([&of], fresh_for);
        let mut found = Vec::new();
        for _ in 0..times {
            let newest = shelf.newest(&client, &project, &place).await;
            found.push(newest.ok().and_then(|(file, _)| file).map(|file| file.id.0));
        }
        found
    }

    #[tokio::test]
    async fn a_look_is_good_for_a_while_and_then_made_again() {
        assert_eq!(found(Duration::from_secs(3600), 3).await, [Some(1); 3]);
        assert_eq!(found(Duration::ZERO, 3).await, [Some(1), Some(2), None]);
    }
}
