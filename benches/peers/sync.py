#!/usr/bin/env python3
"""Makes GitLab's releases as manifests say, as people write such scripts: sync.py FOLDER

Lists, compares, creates and updates, one request after the other, and links one by one. It is what relsync is measured
against in benches/e2e; it has no plan, no protection against anything, and keeps to what the bench's manifests say.
Needs Python 3.11 and python-gitlab; GITLAB_URL and GITLAB_TOKEN say where.
"""

import os
import sys
import tomllib
from datetime import datetime
from pathlib import Path

import gitlab


def sync(gl, manifest):
    project = gl.projects.get(manifest["project"]["path"])
    live = {release.tag_name: release for release in project.releases.list(iterator=True)}
    for wished in manifest["releases"]:
        release = live.get(wished["tag_name"])
        if release is None:
            release = create(project, wished)
        else:
            update(release, wished)
        sync_links(release, wished["links"])


def create(project, wished):
    return project.releases.create({
        "tag_name": wished["tag_name"],
        "name": wished["name"],
        "description": wished["description"],
        "released_at": wished["released_at"].isoformat(),
        "milestones": wished["milestones"],
    })


def update(release, wished):
    changed = (
        release.name != wished["name"]
        or release.description.strip() != wished["description"].strip()
        or datetime.fromisoformat(release.released_at) != wished["released_at"]
        or {milestone["title"] for milestone in release.milestones} != set(wished["milestones"])
    )
    if changed:
        release.name = wished["name"]
        release.description = wished["description"]
        release.released_at = wished["released_at"].isoformat()
        release.milestones = wished["milestones"]
        release.save()


def sync_links(release, wished):
    live = {link["name"]: link for link in release.assets["links"]}
    for link in wished:
        old = live.get(link["name"])
        if old is None:
            release.links.create(link)
        elif old["url"] != link["url"] or old["link_type"] != link["link_type"]:
            release.links.update(old["id"], link)


def main():
    gl = gitlab.Gitlab(os.environ["GITLAB_URL"], private_token=os.environ["GITLAB_TOKEN"])
    for path in sorted(Path(sys.argv[1]).glob("*.toml")):
        sync(gl, tomllib.loads(path.read_text()))


if __name__ == "__main__":
    main()
