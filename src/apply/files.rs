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
