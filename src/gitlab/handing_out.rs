//! Which of GitLab's addresses hand out files, and so are worth a token when a link names them.
//!
//! Pure. By what they look like, place by place: that `packages` is somewhere in an address says nothing.

use percent_encoding::percent_decode_str;

/// Whether `path`, below where GitLab is, hands out files: assets of releases, evidence, packages, archives, job artifacts
/// and uploads.
pub(super) fn hands_out_files(path: &str) -> bool {
    // What is written so that somebody on the way may take it for another address.
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    if decoded.split(['/', '\\']).any(|part| matches!(part, "." | "..")) {
        return false;
    }
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["api", "v4", "projects", _, rest @ ..] => in_api(rest),
        ["api", "v4", "groups", _, "-", "packages", kind, file, ..] => in_api(&["packages", kind, file]),
        ["api", ..] => false,
        ["-", "project", _, "uploads", _, _] => true,
        parts => on_web(parts),
    }
}

/// Below a project.
fn in_api(rest: &[&str]) -> bool {
    match rest {
        ["packages", kind, _, ..] => *kind != "protection" && !kind.bytes().all(|byte| byte.is_ascii_digit()),
        ["repository", archive] => *archive == "archive" || archive.starts_with("archive."),
        ["uploads", _, ..] => true,
        rest => of_release(rest) || of_job(rest),
    }
}

fn on_web(parts: &[&str]) -> bool {
    if let [_, _, .., "uploads", secret, _] = parts {
        return secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let Some(dash) = parts.iter().position(|part| *part == "-").filter(|at| *at >= 2) else { return false };
    match &parts[dash + 1..] {
        ["archive", _, ..] | ["package_files", _, "download"] | ["releases", _, "evidences", _] => true,
        rest => of_release(rest) || of_job(rest),
    }
}

fn of_release(rest: &[&str]) -> bool {
    matches!(rest, ["releases", _, "downloads", _, ..] | ["releases", "permalink", "latest", "downloads", _, ..])
}

fn of_job(rest: &[&str]) -> bool {
    matches!(rest, ["jobs", _, "artifacts", ..] | ["jobs", "artifacts", _, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_handed_out_where_gitlab_hands_them_out() {
        for path in [
            "/api/v4/projects/1/packages/generic/app/1.0/app.zip",
            "/api/v4/projects/group%2Fapp/packages/npm/app/-/app-1.0.tgz",
            "/api/v4/groups/1/-/packages/maven/a/b/1/b-1.jar",
            "/api/v4/projects/1/repository/archive.tar.gz",
            "/api/v4/projects/1/releases/v1%2F2/downloads/bin/app",
            "/api/v4/projects/1/releases/permalink/latest/downloads/bin/app",
            "/api/v4/projects/1/jobs/7/artifacts/bin/app",
            "/api/v4/projects/1/jobs/artifacts/main/raw/app",
            "/api/v4/projects/1/uploads/7",
            "/group/sub/app/-/releases/v1/downloads/bin/app",
            "/group/app/-/releases/v1/evidences/1.json",
            "/group/app/-/archive/v1/app-v1.zip",
            "/group/app/-/jobs/7/artifacts/raw/app",
            "/group/app/-/package_files/7/download",
            "/group/app/uploads/0123456789abcdef0123456789abcdef/app.zip",
            "/-/project/1/uploads/0123456789abcdef0123456789abcdef/app.zip",
        ] {
            assert!(hands_out_files(path), "{path}");
        }
        for path in [
            "/api/v4/projects/1/variables",
            "/api/v4/projects/1/variables/packages/generic/x",
            "/api/v4/projects/1/packages/7",
            "/api/v4/projects/1/packages/7/package_files",
            "/api/v4/projects/1/packages/protection/rules",
            "/api/v4/projects/1/packages/generic/..%2f..%2fvariables/x",
            "/api/v4/projects/1/jobs/7/trace",
            "/api/v4/projects/1/releases/v1",
            "/api/v4/projects/1/repository/files/a/raw",
            "/api/v4/user",
            "/api/v4/personal_access_tokens/self",
            "/group/app/-/settings/ci_cd",
            "/group/app/-/raw/main/archive/x",
            "/group/app/uploads/x/app.zip",
            "/-/releases/v1/downloads/x",
            "/",
            "",
        ] {
            assert!(!hands_out_files(path), "{path}");
        }
    }
}
