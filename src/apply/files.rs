//! Files on their way to GitLab: where they are read from, how far they are, and what is in the registry already.

use crate::gitlab::{Client, Error};
use crate::model::{PackageFileId, PackagePlace, PackageVersion, ProjectRef, Sha256, StoredFile, TagName};
use crate::plan::{Action, Plan, Removal, StepId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
    /// The files that have to be there when a release is made, or led to them.
    promised: HashMap<&'p TagName, Vec<(&'p PackagePlace, Sha256)>>,
    /// The files that are to be deleted.
    leaving: BTreeSet<PackageFileId>,
    /// How long a look is good for.
    fresh_for: Duration,
}

/// What is at a place where another file was to be.
pub(super) enum Other {
    Nothing,
    /// A file with this digest, as far as GitLab knows it.
    File(Option<Sha256>),
}

/// What became of a file that is to be deleted.
pub(super) enum Standing {
    There,
    Gone,
    /// Its number is another file's, or nobody's, although a file that the plan does not delete is in its place.
    Another,
}

/// What was found, and until when that is good enough. An error is kept as long, as those of guards are.
struct Look {
    good_until: Instant,
    found: Result<Vec<(PackagePlace, StoredFile)>, Error>,
    /// What this run has put there since.
    sent: BTreeMap<PackagePlace, Sha256>,
}

impl<'p> Shelf<'p> {
    pub(super) fn new(plan: &'p Plan, fresh_for: Duration) -> Self {
        let uploads = plan.steps.iter().filter_map(|step| match &step.action {
            Action::UploadFile(upload) => Some((&upload.tag_name, (&upload.place, upload.sha256))),
            _ => None,
        });
        let present = plan.present.iter().map(|file| (&file.tag_name, (&file.place, file.sha256)));
        let (mut packages, mut promised) = (BTreeMap::new(), HashMap::<_, Vec<_>>::new());
        for (tag, file) in uploads.chain(present) {
            packages.entry(&file.0.of).or_default();
            promised.entry(tag).or_default().push(file);
        }
        let mut leaving = BTreeSet::new();
        for step in &plan.steps {
            if let Action::DeleteFile(removal) = &step.action {
                packages.entry(&removal.place.of).or_default();
                leaving.insert(removal.file);
            }
        }
        Self { packages, promised, leaving, fresh_for }
    }

    /// Whether the number of a file that is to be deleted is that of the file that a person was shown, and until when that is sure.
    pub(super) async fn standing(
        &self,
        client: &Client,
        project: &ProjectRef,
        removal: &Removal,
    ) -> Result<(Standing, Instant), Error> {
        let Removal { tag_name: _, place, package, file, size: _ } = removal;
        let find = |stored: &[(PackagePlace, StoredFile)], _: &_| {
            let found = stored.iter().find(|(_, stored)| stored.id == *file);
            let is_it = found.map(|(at, stored)| at == place && stored.package == *package);
            // Copies of it that the plan deletes by numbers of their own are none of its.
            let stays = stored.iter().any(|(at, stored)| at == place && !self.leaving.contains(&stored.id));
            is_it.or(stays.then_some(false))
        };
        let (is_it, until) = self.look(client, project, &place.of, find).await?;
        let standing = match is_it {
            Some(true) => Standing::There,
            Some(false) => Standing::Another,
            // It is gone, unless it is in another package than the plan says.
            None => match client.files_of_package(project, *package).await? {
                Some(files) if files.iter().any(|(_, stored)| stored.id == *file) => Standing::Another,
                _ => Standing::Gone,
            },
        };
        Ok((standing, until))
    }

    /// The first of a release's files, but for `except`, in whose place there is another one; and until when all that is sure,
    /// if there are any.
    pub(super) async fn broken(
        &self,
        client: &Client,
        project: &ProjectRef,
        tag: &TagName,
        except: Option<&PackagePlace>,
    ) -> Result<(Option<(&'p PackagePlace, Other)>, Option<Instant>), Error> {
        let mut good_until: Option<Instant> = None;
        let promised = self.promised.get(tag).into_iter().flatten().filter(|(place, _)| Some(*place) != except);
        for (place, sha256) in promised {
            let digest =
                |look: &[(PackagePlace, StoredFile)], sent: &BTreeMap<PackagePlace, Sha256>| match sent.get(place) {
                    Some(sent) => Other::File(Some(*sent)),
                    None => newest(look, place).map_or(Other::Nothing, |file| Other::File(file.sha256)),
                };
            let (found, until) = self.look(client, project, &place.of, digest).await?;
            good_until = Some(good_until.map_or(until, |then| then.min(until)));
            if !matches!(found, Other::File(Some(found)) if found == *sha256) {
                return Ok((Some((place, found)), good_until));
            }
        }
        Ok((None, good_until))
    }

    /// This run has put a file there.
    pub(super) async fn sent(&self, place: &PackagePlace, sha256: Sha256) {
        let Some(package) = self.packages.get(&place.of) else { return };
        if let Some(look) = &mut *package.lock().await {
            look.sent.insert(place.clone(), sha256);
        }
    }

    /// The newest file at `place`, and until when that is sure.
    pub(super) async fn newest(
        &self,
        client: &Client,
        project: &ProjectRef,
        place: &PackagePlace,
    ) -> Result<(Option<StoredFile>, Instant), Error> {
        self.look(client, project, &place.of, |found, _| newest(found, place)).await
    }

    /// What `read` makes of a look at `of` and of what this run has put there since, and until when that is sure.
    async fn look<T>(
        &self,
        client: &Client,
        project: &ProjectRef,
        of: &PackageVersion,
        read: impl FnOnce(&[(PackagePlace, StoredFile)], &BTreeMap<PackagePlace, Sha256>) -> T,
    ) -> Result<(T, Instant), Error> {
        let Some(package) = self.packages.get(of) else {
            let found = client.package_files(project, &[of]).await?;
            return Ok((read(&found, &BTreeMap::new()), Instant::now() + self.fresh_for));
        };
        let mut last = package.lock().await;
        let young = last.take().filter(|look| Instant::now() < look.good_until);
        let look = if let Some(look) = young {
            look
        } else {
            let found = client.package_files(project, &[of]).await;
            Look { good_until: Instant::now() + self.fresh_for, found, sent: BTreeMap::new() }
        };
        let Look { good_until, found, sent } = last.insert(look);
        Ok((read(found.as_ref().map_err(Error::clone)?, sent), *good_until))
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
        let packages = BTreeMap::from([(&of, Mutex::default())]);
        let shelf = Shelf { packages, promised: HashMap::new(), leaving: BTreeSet::new(), fresh_for };
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
