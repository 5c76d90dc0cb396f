//! Where files land: one folder, in which each is written under a name of its own and then gets the one it is to have.
//!
//! Nothing is followed on the way: a link that somebody laid under a file's name is in the way like a file, and what is no
//! file at all is left alone. The bytes are written where they arrive, on the thread that waits for the network: what a
//! system takes into its cache is there before the next of them come.

use super::error::Error;
use super::part;
use crate::model::Sha256;
use sha2::Digest as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A folder to download to.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Its own name, whatever way it was reached.
    real: PathBuf,
}

/// What is under a name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    Nothing,
    File,
    /// A symbolic link, wherever it leads.
    Link,
    /// A folder, a device, a pipe.
    Odd,
}

impl Folder {
    /// The folder, made if it is not there.
    pub(super) fn make(path: &Path) -> Result<Self, Error> {
        let made = fs::create_dir_all(path).and_then(|()| path.canonicalize());
        let real = made.map_err(|error| Error::folder(path, error))?;
        Ok(Self { path: path.to_owned(), real })
    }

    /// The folder that `file` is to be in, and its name there.
    pub(super) fn of(file: &Path) -> Result<(Self, String), Error> {
        let path = file.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let real = path.canonicalize().map_err(|error| Error::folder(path, error))?;
        if !real.is_dir() {
            return Err(Error::folder(path, ErrorKind::NotADirectory.into()));
        }
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Error::write(file, ErrorKind::InvalidFilename.into()))?;
        Ok((Self { path: path.to_owned(), real }, name.to_owned()))
    }

    /// Its path as the user wrote it.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A file's path as the user would write it.
    pub(super) fn shown(&self, name: &str) -> String {
        let path = if self.path == Path::new(".") { PathBuf::from(name) } else { self.path.join(name) };
        path.to_string_lossy().into_owned()
    }

    /// What is there under this name.
    pub(super) fn there(&self, name: &str) -> Result<There, Error> {
        let path = self.real.join(name);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => Ok(There::File),
            Ok(found) if found.is_symlink() => Ok(There::Link),
            Ok(_) => Ok(There::Odd),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(There::Nothing),
            Err(error) => Err(Error::write(&path, error)),
        }
    }

    /// The digest of the file under this name; none if it can't be read.
    pub(super) fn digest(&self, name: &str) -> Option<Sha256> {
        let mut file = File::open(self.real.join(name)).ok()?;
        let (mut hasher, mut buffer) = (sha2::Sha256::new(), vec![0; 64 * 1024]);
        loop {
            match file.read(&mut buffer).ok()? {
                0 => return Some(Sha256::new(hasher.finalize().into())),
                length => hasher.update(&buffer[..length]),
            }
        }
    }

    /// Makes sure that files can be written here, now rather than when the first of them has come.
    pub(super) fn check_writable(&self) -> Result<(), Error> {
        let draft = self.real.join(format!(".relsync.{:016x}.part", fastrand::u64(..)));
        let written = File::create_new(&draft).and_then(|_| fs::remove_file(&draft));
        written.map_err(|error| Error::folder(&self.path, error))
    }

    /// Begins the file that is to get this name.
    pub(super) fn begin(&self, name: &str) -> Result<Draft, Error> {
        let target = self.real.join(name);
        loop {
            // By chance: what another run left behind must not be in the way, whatever process that was.
            let path = self.real.join(part::named(name, fastrand::u64(..)));
            // Not through a link that somebody has laid in its place.
            let file = File::create_new(&path).map_err(|error| Error::write(&path, error))?;
            if part::hold(&file, &path) {
                return Ok(Draft { file: BufWriter::with_capacity(128 * 1024, file), path, target });
            }
        }
    }

    /// Removes what runs that were killed have left of files with these names.
    pub(super) fn tidy<'n>(&self, names: impl Iterator<Item = &'n str>) {
        part::remove_left(&self.real, names);
    }
}

/// A file of which nothing is to be seen before it is whole and right. It is gone when this is dropped.
#[derive(Debug)]
pub(super) struct Spool(Draft);

impl Spool {
    /// Begins it, where this system has files that are soon gone, and for this user alone.
    pub(super) fn begin() -> Result<Self, Error> {
        let path = std::env::temp_dir().join(format!(".relsync.{:016x}.part", fastrand::u64(..)));
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| Error::write(&path, error))?;
        // Where a file needs no name, it is gone with the process, however that ends.
        #[cfg(unix)]
        let _ = fs::remove_file(&path);
        Ok(Self(Draft { file: BufWriter::with_capacity(128 * 1024, file), target: path.clone(), path }))
    }

    /// What is written.
    pub(super) fn draft(&mut self) -> &mut Draft {
        &mut self.0
    }

    /// Gives all of it to `take`, piece by piece.
    pub(super) fn pour(mut self, take: impl Fn(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        let Draft { file, path, .. } = &mut self.0;
        file.rewind().map_err(|error| Error::write(path, error))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.get_mut().read(&mut buffer).map_err(|error| Error::write(path, error))? {
                0 => return Ok(()),
                length => take(&buffer[..length])?,
            }
        }
    }
}

/// A file that is not whole yet. It is gone when this is dropped, unless it was kept.
#[derive(Debug)]
pub(super) struct Draft {
    file: BufWriter<File>,
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// Adds to its end.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|error| Error::write(&self.target, error))
    }

    /// Begins again with nothing.
    pub(super) fn restart(&mut self) -> Result<(), Error> {
        let restart = self.file.flush().and_then(|()| self.file.get_ref().set_len(0));
        restart.and_then(|()| self.file.rewind()).map_err(|error| Error::write(&self.target, error))
    }

    /// Gives it its name; in place of what is there only if `over`.
    pub(super) fn keep(mut self, over: bool) -> Result<(), Error> {
        let kept =
            self.file.flush().and_then(|()| if over { fs::rename(&self.path, &self.target) } else { self.link() });
        kept.map_err(|error| Error::write(&self.target, error))
    }

    /// Unlike renaming, linking fails where something has come to be in the meantime.
    fn link(&self) -> io::Result<()> {
        match fs::hard_link(&self.path, &self.target) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                // Not every file system has links.
                if fs::symlink_metadata(&self.target).is_ok() {
                    return Err(ErrorKind::AlreadyExists.into());
                }
                fs::rename(&self.path, &self.target)
            }
            linked => linked,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Best effort; once it is kept there is nothing under this name.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Folder, text: &str, over: bool) -> Result<(), Error> {
        let mut draft = folder.begin("a.txt")?;
        draft.write(b"what is thrown away, as it is another file's")?;
        draft.restart()?;
        draft.write(text.as_bytes())?;
        draft.keep(over)
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(&home.path().join("new/folder")).unwrap();
        assert_eq!(folder.there("a.txt").unwrap(), There::Nothing);
        write(&folder, "one", false).unwrap();
        assert_eq!(folder.there("a.txt").unwrap(), There::File);
        assert!(write(&folder, "two", false).is_err());
        let text = || fs::read_to_string(home.path().join("new/folder/a.txt")).unwrap();
        assert_eq!(text(), "one");
        write(&folder, "two", true).unwrap();
        assert_eq!(text(), "two");
        let sha = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";
        assert_eq!(folder.digest("a.txt").unwrap().to_string(), sha);
        drop(folder.begin("b.txt").unwrap());
        assert_eq!(fs::read_dir(home.path().join("new/folder")).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let victim = home.path().join("victim");
        fs::write(&victim, "safe").unwrap();
        let folder = Folder::make(&home.path().join("folder")).unwrap();
        std::os::unix::fs::symlink(&victim, home.path().join("folder/a.txt")).unwrap();
        assert_eq!(folder.there("a.txt").unwrap(), There::Link);
        write(&folder, "new", true).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "safe");
        assert_eq!(folder.there("a.txt").unwrap(), There::File);
    }

    #[test]
    fn what_killed_runs_left_is_removed_and_what_others_write_is_not() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(home.path()).unwrap();
        let is_there = |name: &str| fs::symlink_metadata(home.path().join(name)).is_ok();
        // Killed, it does not get to remove what it wrote.
        let killed = folder.begin("a.txt").unwrap();
        let left = killed.path.clone();
        drop(killed);
        fs::write(&left, "left").unwrap();
        let others = [part::named("a.txt.gz", 1), ".a.txt.part".to_owned(), ".a.txt.0123.part".to_owned()];
        for name in &others {
            fs::write(home.path().join(name), "mine").unwrap();
        }
        let mut running = folder.begin("a.txt").unwrap();
        running.write(b"running").unwrap();
        folder.tidy(["a.txt"].into_iter());
        assert!(!left.exists());
        assert!(others.iter().all(|name| is_there(name)));
        write(&folder, "new", false).unwrap();
        running.keep(true).unwrap();
        assert_eq!(fs::read_to_string(home.path().join("a.txt")).unwrap(), "running");
    }

    #[test]
    fn a_name_may_be_as_long_as_names_can_be() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(home.path()).unwrap();
        for name in ["x".repeat(255), "é".repeat(127)] {
            folder.begin(&name).unwrap().keep(false).unwrap();
            assert_eq!(folder.there(&name).unwrap(), There::File);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_spool_has_no_name_that_could_be_left() {
        assert!(!Spool::begin().unwrap().0.path.exists());
    }
}
