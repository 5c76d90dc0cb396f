//! A folder with a manifest and what it includes and names, beside a folder it must not look into.

use crate::render::render;
use relsync::manifest::{self, Manifest};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    /// One whose `releases.toml` is `text` after its version, beside `files` and their texts.
    pub(crate) fn new(text: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        fs::create_dir_all(folder.outside()).unwrap();
        fs::write(folder.outside().join("secret.toml"), "secret").unwrap();
        folder.write("releases.toml", format!("version = 1\n{text}"));
        for (file, text) in files {
            folder.write(file, text);
        }
        folder
    }

    pub(crate) fn inside(&self) -> PathBuf {
        self.0.path().join("inside")
    }

    pub(crate) fn outside(&self) -> PathBuf {
        self.0.path().join("outside")
    }

    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.inside().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, file: &str, to: impl AsRef<Path>) {
        let path = self.inside().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(to, path).unwrap();
    }

    pub(crate) fn taken(&self) -> Manifest {
        let path = self.inside().join("releases.toml");
        manifest::load(&path).unwrap_or_else(|error| panic!("{}", render(Err(error))))
    }

    pub(crate) fn tags(&self) -> Vec<String> {
        self.taken().desired.releases.iter().map(|release| release.tag_name.to_string()).collect()
    }

    pub(crate) fn shown(&self) -> String {
        let shown = render(manifest::load(&self.inside().join("releases.toml")));
        let folder = self.inside().to_string_lossy().into_owned() + "/";
        shown.replace(&folder, "").replace(&*self.0.path().to_string_lossy(), "…")
    }
}
