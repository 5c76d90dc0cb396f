"""python-gitlab takes the sandbox for GitLab: each resource is created, read, updated and deleted, and read back."""

import datetime
import hashlib
import os
import tempfile

import gitlab
from checks import check, eventually, refused, same
from gitlab.exceptions import (
    GitlabAuthenticationError,
    GitlabCreateError,
    GitlabDeleteError,
    GitlabGetError,
    GitlabUpdateError,
    GitlabUploadError,
    RedirectError,
)

URL = os.environ["SANDBOX_URL"]


def connect(**token):
    # A sandbox that hangs or asks to wait fails the check; it does not hang the run.
    return gitlab.Gitlab(URL, timeout=30, retry_transient_errors=False, **token)


gl = connect(private_token="sandbox-maintainer")
project = gl.projects.get("root/awesome-app")
group_path = "root"


def names(objects, field="name"):
    return [getattr(o, field) for o in objects]


# --- who and what ---------------------------------------------------------------------------------------------------


@check("version: number and revision")
def _():
    version, revision = gl.version()
    same(version.split(".")[0].isdigit(), True)
    assert revision != "unknown"


@check("user: auth() learns who holds the token")
def _():
    gl.auth()
    assert gl.user.id > 0 and gl.user.username


@check("user: an OAuth token is as good")
def _():
    oauth = connect(oauth_token="sandbox-developer")
    oauth.auth()
    assert oauth.user.username != gl.user.username


@check("user: a wrong token is GitlabAuthenticationError")
def _():
    refused(GitlabAuthenticationError, 401, "401 Unauthorized", connect(private_token="wrong").auth)


@check("projects: by path and by id are the same")
def _():
    same(gl.projects.get(project.id).path_with_namespace, "root/awesome-app")
    same((project.default_branch, project.namespace["full_path"]), ("main", "root"))


@check("projects: an unknown one is GitlabGetError 404")
def _():
    refused(GitlabGetError, 404, "404 Project Not Found", gl.projects.get, "root/missing")


@check("projects: a private one is 404 without a token")
def _():
    refused(GitlabGetError, 404, "404 Project Not Found", connect().projects.get, project.id)


# --- tags -----------------------------------------------------------------------------------------------------------


@check("tags: create, get, list, delete")
def _():
    made = project.tags.create({"tag_name": "debian/2.4.0-1+b1", "ref": "main", "message": "For Debian"})
    same((made.name, made.message), ("debian/2.4.0-1+b1", "For Debian"))
    read = project.tags.get("debian/2.4.0-1+b1")
    same((read.commit["id"], read.release), (made.commit["id"], None))
    assert "debian/2.4.0-1+b1" in names(project.tags.list(get_all=True))
    same(names(project.tags.list(search="^debian/", get_all=True)), ["debian/2.4.0-1+b1"])
    read.delete()
    refused(GitlabGetError, 404, "404 Tag Not Found", project.tags.get, "debian/2.4.0-1+b1")


@check("tags: a name that is taken is GitlabCreateError 400")
def _():
    tag = {"tag_name": "v0.1", "ref": "main"}
    refused(GitlabCreateError, 400, "Tag v0.1 already exists", project.tags.create, tag)


# --- milestones -----------------------------------------------------------------------------------------------------


def milestone_round(parent, key):
    made = parent.milestones.create({"title": "Spring", "start_date": "2026-03-01", "due_date": "2026-05-31"})
    read = parent.milestones.get(made.id)
    same((read.title, read.start_date, read.due_date), ("Spring", "2026-03-01", "2026-05-31"))
    same((read.state, getattr(read, key)), ("active", parent.id))

    read.description = "Flowers"
    read.state_event = "close"
    read.save()
    again = parent.milestones.get(made.id)
    same((again.description, again.state, again.title), ("Flowers", "closed", "Spring"))

    same(names(parent.milestones.list(iids=[made.iid], get_all=True), "id"), [made.id])
    same(names(parent.milestones.list(search="prin", state="closed", get_all=True), "title"), ["Spring"])
    same(parent.milestones.list(title="Spring", state="active", get_all=True), [])

    refused(GitlabCreateError, 400, "already being used", parent.milestones.create, {"title": "Spring"})
    again.delete()
    refused(GitlabGetError, 404, "404", parent.milestones.get, made.id)


@check("project milestones: create, get, list by iids, search, state and title, update, close, delete")
def _():
    milestone_round(project, "project_id")


@check("group milestones: the same")
def _():
    milestone_round(gl.groups.get(group_path), "group_id")


@check("project milestones: a group's are listed with include_ancestors")
def _():
    made = gl.groups.get(group_path).milestones.create({"title": "Company-wide"})
    assert "Company-wide" not in names(project.milestones.list(get_all=True), "title")
    both = project.milestones.list(include_ancestors=True, get_all=True)
    same([m.group_id for m in both if getattr(m, "group_id", None)], [made.group_id])
    made.delete()


# --- releases and links ---------------------------------------------------------------------------------------------

LINKS = [
    {"name": "Linux", "url": "https://example.com/linux", "direct_asset_path": "/bin/linux", "link_type": "package"},
    {"name": "Manual", "url": "https://example.com/manual", "link_type": "runbook"},
]


@check("releases: create with ref, links, milestones and a date")
def _():
    made = project.releases.create(
        {
            "tag_name": "v1.0.0",
            "ref": "main",
            "name": "One",
            "description": "# Hello\n\n**bold** & <b>raw</b>",
            "released_at": "2099-01-02T03:04:05+01:00",
            "milestones": ["v1.0", "v1.0-rc"],
            "assets": {"links": LINKS},
        }
    )
    same((made.tag_name, made.name, made.upcoming_release), ("v1.0.0", "One", True))


@check("releases: get reads back what was written")
def _():
    read = project.releases.get("v1.0.0")
    same((read.name, read.description), ("One", "# Hello\n\n**bold** & <b>raw</b>"))
    same(read.released_at, "2099-01-02T02:04:05.000Z")
    same({m["title"] for m in read.milestones}, {"v1.0", "v1.0-rc"})
    same({link["name"]: link["link_type"] for link in read.assets["links"]}, {"Linux": "package", "Manual": "runbook"})
    by_name = {link["name"]: link for link in read.assets["links"]}
    assert by_name["Linux"]["direct_asset_url"].endswith("/-/releases/v1.0.0/downloads/bin/linux")
    same(by_name["Manual"]["direct_asset_url"], "https://example.com/manual")
    same((read.assets["count"], len(read.assets["sources"])), (6, 4))
    same(project.tags.get("v1.0.0").release["tag_name"], "v1.0.0")
    same(read.commit["id"], project.tags.get("v1.0.0").commit["id"])


@check("releases: get with include_html_description renders it, and no script lives")
def _():
    read = project.releases.get("v1.0.0", include_html_description=True)
    assert "<strong" in read.description_html, read.description_html
    project.releases.update("v1.0.0", {"description": "<script>alert(1)</script>\n\n[x](javascript:alert(1))"})
    html = project.releases.get("v1.0.0", include_html_description=True).description_html
    assert ">x</a>" in html and "<script" not in html and "javascript:" not in html, html


@check("releases: update by save() and by update()")
def _():
    read = project.releases.get("v1.0.0")
    read.name = "The one"
    read.milestones = ["v1.0"]
    read.save()
    project.releases.update("v1.0.0", {"description": "Short.", "released_at": "2019-01-01T00:00:00Z"})
    again = project.releases.get("v1.0.0")
    same((again.name, again.description), ("The one", "Short."))
    same([m["title"] for m in again.milestones], ["v1.0"])
    same((again.upcoming_release, again.historical_release), (False, True))
    same(len(again.assets["links"]), 2)


@check("releases: no milestones left, and the key is gone")
def _():
    project.releases.update("v1.0.0", {"milestones": []})
    same(hasattr(project.releases.get("v1.0.0"), "milestones"), False)


@check("links: create, get, list newest first, update, delete")
def _():
    links = project.releases.get("v1.0.0").links
    made = links.create({"name": "Mac", "url": "https://example.com/mac", "direct_asset_path": "/bin/mac"})
    same(made.link_type, "other")
    same(names(links.list(get_all=True))[0], "Mac")
    read = links.get(made.id)
    read.link_type = "image"
    read.name = "macOS"
    read.save()
    again = links.get(made.id)
    same((again.name, again.url, again.link_type), ("macOS", "https://example.com/mac", "image"))
    assert again.direct_asset_url.endswith("/downloads/bin/mac")
    again.delete()
    refused(GitlabGetError, 404, "404", links.get, made.id)
    same(sorted(names(links.list(get_all=True))), ["Linux", "Manual"])


@check("links: a name that is taken is GitlabCreateError 400 with GitLab's sentence")
def _():
    links = project.releases.get("v1.0.0").links
    taken = {"name": "Linux", "url": "https://example.com/other"}
    refused(GitlabCreateError, 400, "Name has already been taken", links.create, taken)


@check("releases: a second of the same tag is GitlabCreateError 409")
def _():
    refused(GitlabCreateError, 409, "Release already exists", project.releases.create, {"tag_name": "v1.0.0"})


@check("releases: an unknown milestone is GitlabCreateError 400")
def _():
    release = {"tag_name": "v0.1", "milestones": ["nope"]}
    refused(GitlabCreateError, 400, "Milestone(s) not found: nope", project.releases.create, release)


@check("releases: no ref for a new tag is GitlabCreateError 422")
def _():
    refused(GitlabCreateError, 422, "Ref is not specified", project.releases.create, {"tag_name": "v9.9.9"})


@check("releases: a missing one is 404 to get, 403 to update and delete")
def _():
    refused(GitlabGetError, 404, "404 Not Found", project.releases.get, "v0.2")
    refused(GitlabUpdateError, 403, "403 Forbidden", project.releases.update, "v0.2", {"name": "x"})
    refused(GitlabDeleteError, 403, "403 Forbidden", project.releases.delete, "v0.2")


@check("releases: a reporter's create and a developer's delete are 403")
def _():
    reporter = connect(private_token="sandbox-reporter").projects.get(project.id)
    refused(GitlabCreateError, 403, "403 Forbidden", reporter.releases.create, {"tag_name": "v0.1"})
    developer = connect(private_token="sandbox-developer").projects.get(project.id)
    refused(GitlabDeleteError, 403, "403 Forbidden", developer.releases.delete, "v1.0.0")


@check("releases: a guest sees no tag")
def _():
    guest = connect(private_token="sandbox-guest").projects.get(project.id)
    seen = guest.releases.list(get_all=True)
    same([hasattr(release, "tag_name") for release in seen], [False])
    assert seen[0].name.startswith("Release-")


@check("releases: a CI job's token creates, links and deletes, but writes no milestone")
def _():
    job = connect(job_token="sandbox-job").projects.get(project.id, lazy=True)
    job.releases.create({"tag_name": "v0.2", "name": "By a job", "milestones": ["v1.0"]})
    job_links = job.releases.get("v0.2").links
    job_links.create({"name": "Log", "url": "https://example.com/log"})
    same(names(job_links.list(get_all=True)), ["Log"])
    refused(GitlabCreateError, 404, "404 Project Not Found", job.milestones.create, {"title": "By a job"})
    # A job has its starter's role: the sandbox's is a developer's, who may not delete.
    project.releases.delete("v0.2")


@check("releases: delete answers, and leaves the tag")
def _():
    project.releases.delete("v1.0.0")
    refused(GitlabGetError, 404, "404 Not Found", project.releases.get, "v1.0.0")
    same(project.tags.get("v1.0.0").release, None)
    project.tags.delete("v1.0.0")


# --- many -----------------------------------------------------------------------------------------------------------

MANY = [f"many-{number:03}" for number in range(105)]
START = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


@check("pages: 105 releases, each creating its tag")
def _():
    for number, tag in enumerate(MANY):
        day = (START + datetime.timedelta(days=number)).isoformat()
        project.releases.create({"tag_name": tag, "ref": "main", "released_at": day})


@check("pages: iterator=True walks them all, newest first")
def _():
    walk = project.releases.list(iterator=True, per_page=20)
    same((walk.total, walk.total_pages, walk.per_page), (105, 6, 20))
    same(names(walk, "tag_name"), MANY[::-1])


@check("pages: get_all=True, sorted the other way, in two pages")
def _():
    same(names(project.releases.list(get_all=True, per_page=100, sort="asc"), "tag_name"), MANY)


@check("pages: one page by number")
def _():
    page = project.releases.list(page=6, per_page=20, sort="asc")
    same(names(page, "tag_name"), MANY[100:])


@check("pages: tags by keyset, to the end")
def _():
    walk = project.tags.list(iterator=True, pagination="keyset", order_by="name", sort="asc", per_page=50)
    same(names(walk), sorted([*MANY, "v0.1", "v0.2"]))


# --- groups ---------------------------------------------------------------------------------------------------------


@check("groups: by path, with its projects")
def _():
    group = gl.groups.get(group_path)
    same((group.full_path, gl.groups.get(group.id).path), ("root", "root"))
    same(names(group.projects.list(include_subgroups=True, get_all=True), "id"), [project.id])


@check("groups: releases of all its projects, simple and in full")
def _():
    # python-gitlab has no class for these: its own pager over the route.
    rows = gl.http_list(f"/groups/{group_path}/releases", iterator=True, per_page=100)
    same([row["tag_name"] for row in rows], MANY[::-1])
    simple = gl.http_list(f"/groups/{group_path}/releases", {"simple": True, "sort": "asc"}, get_all=False)
    same([row["tag_name"] for row in simple], MANY[:20])


@check("groups: a subgroup and a project of its own are made, and found from above")
def _():
    root = gl.groups.get(group_path)
    sub = gl.groups.create({"name": "Sub", "path": "sub", "parent_id": root.id})
    made = gl.projects.create({"name": "Fresh", "path": "fresh", "namespace_id": sub.id, "visibility": "private"})
    same((made.path_with_namespace, made.visibility), ("root/sub/fresh", "private"))
    same(gl.projects.get("root/sub/fresh").id, made.id)
    below = root.projects.list(include_subgroups=True, get_all=True)
    same(set(names(below, "path_with_namespace")), {"root/awesome-app", "root/sub/fresh"})
    same(names(root.projects.list(get_all=True), "path"), ["awesome-app"])
    refused(
        GitlabCreateError, 400, "has already been taken",
        gl.projects.create, {"name": "Fresh", "path": "fresh", "namespace_id": sub.id},
    )


@check("projects: a moved one is found at its old path, and not written to there; then deleted")
def _():
    moving = gl.projects.get("root/sub/fresh")
    moving.path = "moved"
    moving.save()
    same(gl.projects.get("root/sub/moved").id, moving.id)
    same(gl.projects.get("root/sub/fresh").id, moving.id)
    old = gl.projects.get("root/sub/fresh", lazy=True)
    try:
        old.milestones.create({"title": "x"})
    except RedirectError as error:
        assert str(moving.id) in str(error), error
    else:
        raise AssertionError("was not redirected")
    moving.delete()
    refused(GitlabGetError, 404, "404 Project Not Found", gl.projects.get, moving.id)


# --- generic packages -----------------------------------------------------------------------------------------------

BYTES = bytes(range(256)) * 300


@check("generic packages: upload, download, upload again, and the newest wins")
def _():
    with tempfile.NamedTemporaryFile() as file:
        file.write(BYTES)
        file.flush()
        packages = project.generic_packages
        sent = packages.upload("app", "1.0.0", "app.bin", path=file.name)
        same((sent.package_name, sent.message), ("app", "201 Created"))
        same(packages.download("app", "1.0.0", "app.bin"), BYTES)
        record = packages.upload("app", "1.0.0", "app.bin", data=b"second", select="package_file")
        same((record.size, record.file_name), (6, "app.bin"))
        same(packages.download("app", "1.0.0", "app.bin"), b"second")


@check("generic packages: a stream arrives whole, with its checksum")
def _():
    project.generic_packages.upload("app", "1.0.1", "app.bin", data=BYTES)
    parts = project.generic_packages.download("app", "1.0.1", "app.bin", iterator=True)
    same(b"".join(parts), BYTES)
    raw = gl.http_get(f"/projects/{project.id}/packages/generic/app/1.0.1/app.bin", raw=True)
    same(raw.headers["X-Checksum-SHA256"], hashlib.sha256(BYTES).hexdigest())


@check("generic packages: a CI job's token uploads and downloads")
def _():
    job = connect(job_token="sandbox-job").projects.get(project.id, lazy=True)
    job.generic_packages.upload("job", "1.0.0", "log.txt", data=b"by a job")
    same(job.generic_packages.download("job", "1.0.0", "log.txt"), b"by a job")


@check("generic packages: what is refused is told, though the file is not yet sent")
def _():
    large = bytes(20 * 1024 * 1024)
    reporter = connect(private_token="sandbox-reporter").projects.get(project.id)
    refused(GitlabUploadError, 403, "403 Forbidden", reporter.generic_packages.upload, "app", "1", "x", data=large)
    nobody = connect(private_token="wrong").projects.get(project.id, lazy=True)
    refused(GitlabAuthenticationError, 401, "401", nobody.generic_packages.upload, "app", "1", "x", data=large)


@check("packages: list with files, get, delete")
def _():
    found = project.packages.list(package_name="app", order_by="version", sort="asc", get_all=True)
    same([(p.name, p.version, p.package_type) for p in found], [("app", "1.0.0", "generic"), ("app", "1.0.1", "generic")])
    package = project.packages.get(found[0].id)
    same([(f.file_name, f.size) for f in package.package_files.list(get_all=True)], [("app.bin", 76800), ("app.bin", 6)])
    package.delete()
    refused(GitlabGetError, 404, "404", project.packages.get, package.id)
    refused(GitlabGetError, 404, "404", project.generic_packages.download, "app", "1.0.0", "app.bin")


@check("generic packages: a missing file is GitlabGetError 404")
def _():
    refused(GitlabGetError, 404, "404", project.generic_packages.download, "app", "1.0.0", "nope.bin")


# --- permalink, evidence, notes -------------------------------------------------------------------------------------


@check("permalink: the latest release, and below it")
def _():
    releases = f"/projects/{project.id}/releases"
    same(gl.http_get(f"{releases}/permalink/latest")["tag_name"], MANY[-1])
    same(gl.http_get(f"{releases}/permalink/latest/assets/links"), [])


@check("downloads: a link's path leads to its file")
def _():
    file = f"{URL}/api/v4/projects/{project.id}/packages/generic/app/1.0.1/app.bin"
    release = project.releases.get(MANY[-1])
    release.links.create({"name": "App", "url": file, "direct_asset_path": "/bin/app.bin"})
    releases = f"/projects/{project.id}/releases"
    for path in (f"{releases}/{MANY[-1]}/downloads/bin/app.bin", f"{releases}/permalink/latest/downloads/bin/app.bin"):
        same(gl.http_get(path, raw=True).content, BYTES)


@check("evidence: collected, and in the release a moment later")
def _():
    # python-gitlab has no class for it. It hands over the answer itself unless that is JSON.
    gl.http_post(f"/projects/{project.id}/releases/{MANY[-1]}/evidence")
    evidence = eventually(lambda: getattr(project.releases.get(MANY[-1]), "evidences", None))
    assert len(evidence[-1]["sha"]) >= 40 and evidence[-1]["filepath"].endswith(".json"), evidence


@check("notes: create, get, list, update, delete on a merge request")
def _():
    made = project.mergerequests.create({"source_branch": "release-plan", "target_branch": "main", "title": "Plan"})
    same((project.mergerequests.get(made.iid).title, made.state), ("Plan", "opened"))
    notes = made.notes
    note = notes.create({"body": "Looks **good**"})
    same(notes.get(note.id).body, "Looks **good**")
    note.body = "Looks better"
    note.save()
    same(names(notes.list(get_all=True, sort="asc"), "body"), ["Looks better"])
    refused(GitlabCreateError, 400, "can't be blank", notes.create, {"body": ""})
    developer = connect(private_token="sandbox-developer").projects.get(project.id)
    others = developer.mergerequests.get(made.iid).notes
    refused(GitlabUpdateError, 403, "403 Forbidden", others.update, note.id, {"body": "Mine"})
    note.delete()
    refused(GitlabGetError, 404, "404", notes.get, note.id)
