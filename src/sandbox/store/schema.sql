-- The sandbox's state. What must be unique is unique here, so that no two requests can slip past a check together.
-- Times are milliseconds since 1970, dates are YYYY-MM-DD, roles are GitLab's access levels.

CREATE TABLE groups (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id     INTEGER REFERENCES groups ON DELETE CASCADE,
    path          TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    description   TEXT NOT NULL DEFAULT '',
    visibility    TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    -- The last iid given to a milestone; they are never given twice.
    milestone_iid INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE projects (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id       INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    path           TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    description    TEXT,
    visibility     TEXT NOT NULL,
    default_branch TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    milestone_iid  INTEGER NOT NULL DEFAULT 0,
    merge_request_iid INTEGER NOT NULL DEFAULT 0,
    -- Whether a package may hold two files of one name.
    allow_duplicate_packages INTEGER NOT NULL DEFAULT TRUE
);

-- Groups and projects share their paths.
CREATE TRIGGER group_path_of_project BEFORE INSERT ON groups
WHEN EXISTS (SELECT 1 FROM projects WHERE path = new.path)
BEGIN SELECT RAISE(ABORT, 'groups.path'); END;

CREATE TRIGGER project_path_of_group_on_insert BEFORE INSERT ON projects
WHEN EXISTS (SELECT 1 FROM groups WHERE path = new.path)
BEGIN SELECT RAISE(ABORT, 'projects.path'); END;

CREATE TRIGGER project_path_of_group_on_update BEFORE UPDATE OF path ON projects
WHEN EXISTS (SELECT 1 FROM groups WHERE path = new.path)
BEGIN SELECT RAISE(ABORT, 'projects.path'); END;

-- Where projects used to be. One that is there now comes first.
CREATE TABLE moved_projects (
    path       TEXT PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE users (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    username        TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    -- The role on every project, for the sandbox's own users.
    role_everywhere INTEGER
);

CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token      TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    user_id    INTEGER NOT NULL REFERENCES users,
    -- With a space between them; nothing is asked of a job's token.
    scopes     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- A day; NULL: never.
    expires_at TEXT
);

CREATE TABLE members (
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    user_id    INTEGER NOT NULL REFERENCES users,
    role       INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
) WITHOUT ROWID;

-- Members of a group are members of all that is below it.
CREATE TABLE group_members (
    group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES users,
    role     INTEGER NOT NULL,
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;

CREATE TABLE commits (
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    sha        TEXT NOT NULL,
    message    TEXT NOT NULL,
    parent_sha TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, sha)
) WITHOUT ROWID;

CREATE TABLE branches (
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    name       TEXT NOT NULL,
    sha        TEXT NOT NULL,
    PRIMARY KEY (project_id, name),
    FOREIGN KEY (project_id, sha) REFERENCES commits
) WITHOUT ROWID;

CREATE TABLE protected_tags (
    project_id    INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    pattern       TEXT NOT NULL,
    -- The least role that may create such a tag; NULL: no one.
    create_access INTEGER,
    PRIMARY KEY (project_id, pattern)
) WITHOUT ROWID;

CREATE TABLE tags (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id  INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    name        TEXT NOT NULL,
    sha         TEXT NOT NULL,
    -- Empty: a lightweight tag.
    message     TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    version_key TEXT NOT NULL,
    UNIQUE (project_id, name),
    FOREIGN KEY (project_id, sha) REFERENCES commits
);
CREATE INDEX tags_by_time ON tags (project_id, created_at, name);
CREATE INDEX tags_by_version ON tags (project_id, version_key, name);

CREATE TABLE milestones (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    iid         INTEGER NOT NULL,
    project_id  INTEGER REFERENCES projects ON DELETE CASCADE,
    group_id    INTEGER REFERENCES groups ON DELETE CASCADE,
    title       TEXT NOT NULL,
    description TEXT,
    state       TEXT NOT NULL,
    start_date  TEXT,
    due_date    TEXT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CHECK ((project_id IS NULL) <> (group_id IS NULL)),
    UNIQUE (project_id, title),
    UNIQUE (group_id, title),
    UNIQUE (project_id, iid),
    UNIQUE (group_id, iid)
);
CREATE INDEX milestones_by_title ON milestones (title);

-- A title is taken in a project if the project's group has it, and the other way round.
CREATE TRIGGER milestone_title_on_insert BEFORE INSERT ON milestones
WHEN EXISTS (
    SELECT 1 FROM milestones m JOIN projects p ON p.id = m.project_id OR p.group_id = m.group_id
    WHERE m.title = new.title AND (p.id = new.project_id OR p.group_id = new.group_id)
)
BEGIN SELECT RAISE(ABORT, 'milestones.title'); END;

CREATE TRIGGER milestone_title_on_update BEFORE UPDATE OF title ON milestones
WHEN EXISTS (
    SELECT 1 FROM milestones m JOIN projects p ON p.id = m.project_id OR p.group_id = m.group_id
    WHERE m.title = new.title AND m.id <> new.id AND (p.id = new.project_id OR p.group_id = new.group_id)
)
BEGIN SELECT RAISE(ABORT, 'milestones.title'); END;

CREATE TABLE releases (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id  INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    -- No foreign key: broken data may hold a release without its tag, as GitLab's can.
    tag         TEXT NOT NULL,
    sha         TEXT,
    author_id   INTEGER NOT NULL REFERENCES users,
    created_at  INTEGER NOT NULL,
    released_at INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    -- NULL: the tag's name.
    name        TEXT,
    -- Last, so that reading the other columns never walks through a long text.
    description TEXT,
    UNIQUE (project_id, tag)
);
CREATE INDEX releases_by_release ON releases (project_id, released_at, id);
CREATE INDEX releases_by_creation ON releases (project_id, created_at, id);

CREATE TABLE links (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id INTEGER NOT NULL REFERENCES releases ON DELETE CASCADE,
    name       TEXT NOT NULL,
    url        TEXT NOT NULL,
    filepath   TEXT,
    link_type  TEXT NOT NULL,
    UNIQUE (release_id, name),
    UNIQUE (release_id, url),
    UNIQUE (release_id, filepath)
);

CREATE TABLE evidences (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id   INTEGER NOT NULL REFERENCES releases ON DELETE CASCADE,
    sha          TEXT NOT NULL,
    -- Until then nobody sees it.
    collected_at INTEGER NOT NULL,
    -- The JSON text that the sha is of.
    summary      TEXT NOT NULL
);
CREATE INDEX evidences_by_release ON evidences (release_id, id);

CREATE TABLE release_milestones (
    release_id   INTEGER NOT NULL REFERENCES releases ON DELETE CASCADE,
    milestone_id INTEGER NOT NULL REFERENCES milestones ON DELETE CASCADE,
    PRIMARY KEY (release_id, milestone_id)
) WITHOUT ROWID;
CREATE INDEX release_milestones_by_milestone ON release_milestones (milestone_id);

CREATE TABLE packages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    name       TEXT NOT NULL,
    version    TEXT NOT NULL,
    status     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (project_id, name, version)
);

CREATE TABLE package_files (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    package_id INTEGER NOT NULL REFERENCES packages ON DELETE CASCADE,
    name       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    md5        TEXT NOT NULL,
    sha1       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    blob_id    INTEGER NOT NULL UNIQUE REFERENCES blobs
);
CREATE INDEX package_files_by_name ON package_files (package_id, name, id);

CREATE TRIGGER package_file_twice BEFORE INSERT ON package_files
WHEN EXISTS (
    SELECT 1 FROM package_files f JOIN packages k ON k.id = f.package_id JOIN projects p ON p.id = k.project_id
    WHERE k.id = new.package_id AND f.name = new.name AND NOT p.allow_duplicate_packages
)
BEGIN SELECT RAISE(ABORT, 'package_files.name'); END;

CREATE TRIGGER package_file_gone AFTER DELETE ON package_files
BEGIN DELETE FROM blobs WHERE id = old.blob_id; END;

-- Contents of files, in pieces. One that belongs to no file is an upload that is not done.
CREATE TABLE blobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at INTEGER NOT NULL
);

CREATE TABLE blob_pieces (
    blob_id INTEGER NOT NULL REFERENCES blobs ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (blob_id, number)
);

CREATE TABLE merge_requests (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    iid           INTEGER NOT NULL,
    project_id    INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    author_id     INTEGER NOT NULL REFERENCES users,
    title         TEXT NOT NULL,
    description   TEXT,
    source_branch TEXT NOT NULL,
    target_branch TEXT NOT NULL,
    state         TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    UNIQUE (project_id, iid)
);
CREATE UNIQUE INDEX merge_requests_open ON merge_requests (project_id, source_branch, target_branch)
WHERE state = 'opened';

CREATE TABLE notes (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    merge_request_id INTEGER NOT NULL REFERENCES merge_requests ON DELETE CASCADE,
    author_id        INTEGER NOT NULL REFERENCES users,
    -- Whether GitLab wrote it.
    system           INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    body             TEXT NOT NULL
);
CREATE INDEX notes_by_creation ON notes (merge_request_id, created_at, id);

-- What notes made GitLab do.
CREATE TABLE quick_actions (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    merge_request_id INTEGER NOT NULL REFERENCES merge_requests ON DELETE CASCADE,
    user_id          INTEGER NOT NULL REFERENCES users,
    command          TEXT NOT NULL,
    argument         TEXT NOT NULL
);

CREATE TABLE uploads (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    secret     TEXT NOT NULL,
    name       TEXT NOT NULL,
    content    BLOB NOT NULL,
    UNIQUE (secret, name)
);
