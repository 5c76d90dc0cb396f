//! Many clients at once: nothing is lost, doubled or broken. `benches/sandbox_stress.rs` tells how long it takes.

use crate::GitLab;
use crate::crowd::crowd;
use relsync::sandbox::Options;
use rusqlite::{Connection, OpenFlags};

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_clients_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let gitlab = GitLab::with(Options { data: Some(folder.path().into()), ..Options::default() }).await;
    crowd(&gitlab.sandbox.url(), 32, 10_240).await;
    gitlab.sandbox.stop().await;

    let file = folder.path().join("sandbox.sqlite3");
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let check: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let broken = db.prepare("PRAGMA foreign_key_check").unwrap().query([]).unwrap().next().unwrap().is_some();
    assert!(!broken, "a row refers to one that is not there");
}
