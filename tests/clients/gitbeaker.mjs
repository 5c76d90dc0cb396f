// @gitbeaker/rest takes the sandbox for GitLab: each resource is created, read, updated and deleted, and read back.

import assert from 'node:assert/strict';
import { Gitlab, GitbeakerRequestError } from '@gitbeaker/rest';
import { URL, check, eventually } from './checks.mjs';

const same = assert.deepEqual;
const connect = (token) => new Gitlab({ host: URL, queryTimeout: 30_000, ...token });
const api = connect({ token: 'sandbox-maintainer' });
const PROJECT = 'root/awesome-app';
const GROUP = 'root';

/** Checks that a call is refused with this status and part of a message. */
async function refused(status, message, call) {
  await assert.rejects(call, (error) => {
    assert(error instanceof GitbeakerRequestError, `${error}`);
    same(error.cause.response.status, status, error.cause.description);
    assert(error.cause.description.includes(message), `${error.cause.description} lacks ${message}`);
    return true;
  });
}

const column = (rows, field) => rows.map((row) => row[field]);

// --- who and what ----------------------------------------------------------------------------------------------------

await check('user: who holds the token', async () => {
  const user = await api.Users.showCurrentUser();
  assert(user.id > 0 && user.username);
});

await check('user: the token about itself', async () => {
  const token = await api.PersonalAccessTokens.show();
  same([token.active, token.revoked], [true, false]);
  assert(token.scopes.includes('api'));
});

await check('user: a wrong token is refused with 401', () =>
  refused(401, '401 Unauthorized', () => connect({ token: 'wrong' }).Users.showCurrentUser()));

await check('projects: by path and by id are the same, with an OAuth token too', async () => {
  const byPath = await api.Projects.show(PROJECT);
  const byId = await connect({ oauthToken: 'sandbox-developer' }).Projects.show(byPath.id);
  same([byId.path_with_namespace, byId.default_branch, byId.namespace.full_path], [PROJECT, 'main', GROUP]);
});

await check('projects: an unknown one is refused with 404', () =>
  refused(404, '404 Project Not Found', () => api.Projects.show('root/missing')));

// --- tags ------------------------------------------------------------------------------------------------------------

await check('tags: create, show, all, remove', async () => {
  // gitbeaker sends what it needs in the query and the rest in the body.
  const made = await api.Tags.create(PROJECT, 'debian/2.4.0-1+b1', 'main', { message: 'For Debian' });
  same([made.name, made.message], ['debian/2.4.0-1+b1', 'For Debian']);
  const read = await api.Tags.show(PROJECT, made.name);
  same([read.commit.id, read.release], [made.commit.id, null]);
  same(column(await api.Tags.all(PROJECT, { search: '^debian/' }), 'name'), [made.name]);
  await api.Tags.remove(PROJECT, made.name);
  await refused(404, '404 Tag Not Found', () => api.Tags.show(PROJECT, made.name));
});

await check('tags: a name that is taken is refused with 400', () =>
  refused(400, 'Tag v0.1 already exists', () => api.Tags.create(PROJECT, 'v0.1', 'main')));

// --- milestones ------------------------------------------------------------------------------------------------------

async function milestones(resource, parent, key) {
  const made = await resource.create(parent, 'Spring', { startDate: '2026-03-01', dueDate: '2026-05-31' });
  const read = await resource.show(parent, made.id);
  same([read.title, read.start_date, read.due_date, read.state], ['Spring', '2026-03-01', '2026-05-31', 'active']);
  assert(read[key] > 0);

  await resource.edit(parent, made.id, { description: 'Flowers', stateEvent: 'close' });
  const again = await resource.show(parent, made.id);
  same([again.title, again.description, again.state], ['Spring', 'Flowers', 'closed']);

  same(column(await resource.all(parent, { iids: [made.iid] }), 'id'), [made.id]);
  same(column(await resource.all(parent, { search: 'prin', state: 'closed' }), 'title'), ['Spring']);
  same(await resource.all(parent, { title: 'Spring', state: 'active' }), []);

  await refused(400, 'already being used', () => resource.create(parent, 'Spring'));
  await resource.remove(parent, made.id);
  await refused(404, '404', () => resource.show(parent, made.id));
}

await check('project milestones: create, show, all by iids, search, state and title, edit, close, remove', () =>
  milestones(api.ProjectMilestones, PROJECT, 'project_id'));

await check('group milestones: the same', () => milestones(api.GroupMilestones, GROUP, 'group_id'));

await check("releases: a group's milestone may be named, and comes with its group", async () => {
  const made = await api.GroupMilestones.create(GROUP, 'Company-wide');
  const all = await api.ProjectMilestones.all(PROJECT, { includeAncestors: true });
  assert(column(all, 'title').includes('Company-wide'));
  await api.ProjectReleases.create(PROJECT, { tagName: 'v0.2', milestones: ['Company-wide', 'v1.0'] });
  const read = await api.ProjectReleases.show(PROJECT, 'v0.2');
  const groups = Object.fromEntries(read.milestones.map((m) => [m.title, m.group_id]));
  same(groups, { 'Company-wide': made.group_id, 'v1.0': undefined });
  await api.GroupMilestones.remove(GROUP, made.id);
  same(column((await api.ProjectReleases.show(PROJECT, 'v0.2')).milestones, 'title'), ['v1.0']);
  await api.ProjectReleases.remove(PROJECT, 'v0.2');
});

// --- releases and links ----------------------------------------------------------------------------------------------

const LINKS = [
  { name: 'Linux', url: 'https://example.com/linux', direct_asset_path: '/bin/linux', link_type: 'package' },
  { name: 'Manual', url: 'https://example.com/manual', link_type: 'runbook' },
];

await check('releases: create with ref, links, milestones and a date', async () => {
  const made = await api.ProjectReleases.create(PROJECT, {
    tagName: 'v1.0.0',
    ref: 'main',
    name: 'One',
    description: '# Hello\n\n**bold** & <b>raw</b>',
    releasedAt: '2099-01-02T03:04:05+01:00',
    milestones: ['v1.0', 'v1.0-rc'],
    assets: { links: LINKS },
  });
  same([made.tag_name, made.name, made.upcoming_release], ['v1.0.0', 'One', true]);
});

await check('releases: show reads back what was written', async () => {
  const read = await api.ProjectReleases.show(PROJECT, 'v1.0.0');
  same([read.name, read.description], ['One', '# Hello\n\n**bold** & <b>raw</b>']);
  same(read.released_at, '2099-01-02T02:04:05.000Z');
  same(column(read.milestones, 'title').sort(), ['v1.0', 'v1.0-rc']);
  const links = Object.fromEntries(read.assets.links.map((link) => [link.name, link]));
  same([links.Linux.link_type, links.Manual.link_type], ['package', 'runbook']);
  assert(links.Linux.direct_asset_url.endsWith(`/${PROJECT}/-/releases/v1.0.0/downloads/bin/linux`));
  same(links.Manual.direct_asset_url, 'https://example.com/manual');
  same([read.assets.count, read.assets.sources.length], [6, 4]);
});

await check('releases: show with includeHtmlDescription renders it, and no script lives', async () => {
  const html = async () =>
    (await api.ProjectReleases.show(PROJECT, 'v1.0.0', { includeHtmlDescription: true })).description_html;
  assert((await html()).includes('<strong'));
  const description = '<script>alert(1)</script>\n\n[x](javascript:alert(1))';
  await api.ProjectReleases.edit(PROJECT, 'v1.0.0', { description });
  assert(/>x<\/a>/.test(await html()));
  assert(!/<script|javascript:/.test(await html()));
});

await check('releases: edit, in two steps', async () => {
  await api.ProjectReleases.edit(PROJECT, 'v1.0.0', { name: 'The one', milestones: ['v1.0'] });
  await api.ProjectReleases.edit(PROJECT, 'v1.0.0', { description: 'Short.', releasedAt: '2019-01-01T00:00:00Z' });
  const read = await api.ProjectReleases.show(PROJECT, 'v1.0.0');
  same([read.name, read.description, column(read.milestones, 'title')], ['The one', 'Short.', ['v1.0']]);
  same([read.upcoming_release, read.historical_release, read.assets.links.length], [false, true, 2]);
});

await check('releases: no milestones left, and the key is gone', async () => {
  await api.ProjectReleases.edit(PROJECT, 'v1.0.0', { milestones: [] });
  assert(!('milestones' in (await api.ProjectReleases.show(PROJECT, 'v1.0.0'))));
});

await check('links: create, show, all newest first, edit, remove', async () => {
  const url = 'https://example.com/mac';
  const made = await api.ReleaseLinks.create(PROJECT, 'v1.0.0', 'Mac', url, { directAssetPath: '/bin/mac' });
  same(made.link_type, 'other');
  same((await api.ReleaseLinks.all(PROJECT, 'v1.0.0'))[0].name, 'Mac');
  await api.ReleaseLinks.edit(PROJECT, 'v1.0.0', made.id, { name: 'macOS', linkType: 'image' });
  const read = await api.ReleaseLinks.show(PROJECT, 'v1.0.0', made.id);
  same([read.name, read.url, read.link_type], ['macOS', url, 'image']);
  assert(read.direct_asset_url.endsWith('/downloads/bin/mac'));
  await api.ReleaseLinks.remove(PROJECT, 'v1.0.0', made.id);
  await refused(404, '404', () => api.ReleaseLinks.show(PROJECT, 'v1.0.0', made.id));
  same(column(await api.ReleaseLinks.all(PROJECT, 'v1.0.0'), 'name').sort(), ['Linux', 'Manual']);
});

await check('links: edit without name and url is refused with 400, in words for parameters', async () => {
  const [link] = await api.ReleaseLinks.all(PROJECT, 'v1.0.0');
  const edit = () => api.ReleaseLinks.edit(PROJECT, 'v1.0.0', link.id, { linkType: 'image' });
  await refused(400, 'name, url are missing, at least one parameter must be provided', edit);
});

await check('links: a name that is taken is refused with 400', () =>
  refused(400, 'Name has already been taken', () =>
    api.ReleaseLinks.create(PROJECT, 'v1.0.0', 'Linux', 'https://example.com/other')));

await check('releases: a second of the same tag is refused with 409', () =>
  refused(409, 'Release already exists', () => api.ProjectReleases.create(PROJECT, { tagName: 'v1.0.0' })));

await check('releases: an unknown milestone is refused with 400', () =>
  refused(400, 'Milestone(s) not found: nope', () =>
    api.ProjectReleases.create(PROJECT, { tagName: 'v0.1', milestones: ['nope'] })));

await check('releases: a missing one is 404 to show, 403 to edit and remove', async () => {
  await refused(404, '404 Not Found', () => api.ProjectReleases.show(PROJECT, 'v0.2'));
  await refused(403, '403 Forbidden', () => api.ProjectReleases.edit(PROJECT, 'v0.2', { name: 'x' }));
  await refused(403, '403 Forbidden', () => api.ProjectReleases.remove(PROJECT, 'v0.2'));
});

await check("releases: a reporter's create and a developer's remove are 403", async () => {
  const reporter = connect({ token: 'sandbox-reporter' });
  await refused(403, '403 Forbidden', () => reporter.ProjectReleases.create(PROJECT, { tagName: 'v0.1' }));
  const developer = connect({ token: 'sandbox-developer' });
  await refused(403, '403 Forbidden', () => developer.ProjectReleases.remove(PROJECT, 'v1.0.0'));
});

await check("releases: a CI job's token creates and reads, but lists no milestones", async () => {
  const job = connect({ jobToken: 'sandbox-job' });
  await job.ProjectReleases.create(PROJECT, { tagName: 'v0.2', milestones: ['v1.0'] });
  same(column((await job.ProjectReleases.show(PROJECT, 'v0.2')).milestones, 'title'), ['v1.0']);
  await refused(404, '404 Project Not Found', () => job.ProjectMilestones.all(PROJECT));
  await api.ProjectReleases.remove(PROJECT, 'v0.2');
});

await check('releases: keys come in camel case on request', async () => {
  const read = await connect({ token: 'sandbox-maintainer', camelize: true }).ProjectReleases.show(PROJECT, 'v1.0.0');
  same([read.tagName, read.historicalRelease, read.assets.links[0].linkType], ['v1.0.0', true, 'runbook']);
});

await check('releases: remove answers with the release, and leaves the tag', async () => {
  // gitbeaker sends an empty JSON body with a DELETE.
  await api.ProjectReleases.remove(PROJECT, 'v1.0.0');
  await refused(404, '404 Not Found', () => api.ProjectReleases.show(PROJECT, 'v1.0.0'));
  same((await api.Tags.show(PROJECT, 'v1.0.0')).release, null);
  await api.Tags.remove(PROJECT, 'v1.0.0');
});

// --- many ------------------------------------------------------------------------------------------------------------

const MANY = Array.from({ length: 105 }, (_, number) => `many-${String(number).padStart(3, '0')}`);
const NEWEST_FIRST = [...MANY].reverse();

await check('pages: 105 releases, each creating its tag, ten at a time', async () => {
  const left = MANY.map((tagName, day) => ({
    tagName, ref: 'main', releasedAt: new Date(Date.UTC(2020, 0, 1 + day)).toISOString(),
  }));
  const worker = async () => {
    for (let next = left.pop(); next; next = left.pop()) await api.ProjectReleases.create(PROJECT, next);
  };
  await Promise.all(Array.from({ length: 10 }, worker));
});

await check('pages: all() follows the Link headers to the end, newest first', async () => {
  const { data, paginationInfo } = await api.ProjectReleases.all(PROJECT, { perPage: 20, showExpanded: true });
  same(column(data, 'tag_name'), NEWEST_FIRST);
  const { total, totalPages, current, next, previous, perPage } = paginationInfo;
  same({ total, totalPages, current, next, previous, perPage },
    { total: 105, totalPages: 6, current: 6, next: null, previous: 5, perPage: 20 });
});

await check('pages: maxPages stops, and the other order starts at the other end', async () => {
  const rows = await api.ProjectReleases.all(PROJECT, { perPage: 10, maxPages: 2, sort: 'asc' });
  same(column(rows, 'tag_name'), MANY.slice(0, 20));
});

await check('pages: one page by number', async () => {
  const rows = await api.ProjectReleases.all(PROJECT, { perPage: 20, page: 6, sort: 'asc' });
  same(column(rows, 'tag_name'), MANY.slice(100));
});

await check('pages: tags by keyset, to the end', async () => {
  const tags = await api.Tags.all(PROJECT, { pagination: 'keyset', orderBy: 'name', sort: 'asc', perPage: 50 });
  same(column(tags, 'name'), [...MANY, 'v0.1', 'v0.2'].sort());
});

// --- groups ----------------------------------------------------------------------------------------------------------

await check('groups: by path, with its projects', async () => {
  const group = await api.Groups.show(GROUP);
  same([group.full_path, (await api.Groups.show(group.id)).path], [GROUP, GROUP]);
  same(column(await api.Groups.allProjects(GROUP, { includeSubgroups: true }), 'path_with_namespace'), [PROJECT]);
});

await check('groups: releases of all its projects, simple and in full', async () => {
  same(column(await api.GroupReleases.all(GROUP, { perPage: 100 }), 'tag_name'), NEWEST_FIRST);
  const simple = await api.GroupReleases.all(GROUP, { simple: true, sort: 'asc', page: 1 });
  same(column(simple, 'tag_name'), MANY.slice(0, 20));
});

await check('groups: a subgroup and a project of its own are made, and found from above', async () => {
  const root = await api.Groups.show(GROUP);
  const sub = await api.Groups.create('Sub', 'sub', { parentId: root.id });
  const project = { name: 'Fresh', path: 'fresh', namespaceId: sub.id, visibility: 'private' };
  const made = await api.Projects.create(project);
  same([made.path_with_namespace, made.visibility], ['root/sub/fresh', 'private']);
  same((await api.Projects.show('root/sub/fresh')).id, made.id);
  const below = column(await api.Groups.allProjects(GROUP, { includeSubgroups: true }), 'path_with_namespace');
  same(below.sort(), [PROJECT, 'root/sub/fresh']);
  same(column(await api.Groups.allProjects(GROUP), 'path_with_namespace'), [PROJECT]);
  await refused(400, 'has already been taken', () => api.Projects.create(project));
});

await check('projects: a moved one is found at its old path; then removed', async () => {
  const { id } = await api.Projects.show('root/sub/fresh');
  await api.Projects.edit(id, { path: 'moved' });
  same((await api.Projects.show('root/sub/moved')).id, id);
  same((await api.Projects.show('root/sub/fresh')).id, id);
  await api.Projects.remove(id);
  await refused(404, '404 Project Not Found', () => api.Projects.show(id));
});

// --- generic packages ------------------------------------------------------------------------------------------------

const BYTES = Uint8Array.from({ length: 76_800 }, (_, i) => i % 256);
const bytes = async (blob) => new Uint8Array(await blob.arrayBuffer());

await check('generic packages: publish, and download what was sent', async () => {
  const file = { filename: 'app.bin', content: new Blob([BYTES]) };
  const record = await api.PackageRegistry.publish(PROJECT, 'app', '1.0.0', file, {
    searchParams: { select: 'package_file' },
  });
  same(record.file_name, 'app.bin');
  const stored = await bytes(await api.PackageRegistry.download(PROJECT, 'app', '1.0.0', 'app.bin'));
  same(stored.length, record.size);
  // gitbeaker sends a form where GitLab takes the body as it is, so GitLab keeps the form's frame around the file
  // (https://github.com/jdalrymple/gitbeaker/issues/3580). The sandbox must not be kinder: a pipeline that is
  // rehearsed on it would publish broken files.
  const frame = Buffer.from(stored).indexOf(Buffer.from(BYTES));
  assert(frame > 0, 'the form was taken apart');
  assert(Buffer.from(stored.subarray(0, frame)).toString().includes('Content-Disposition: form-data; name="file"'));
});

await check('generic packages: what is refused is told, though the file is not yet sent', async () => {
  const file = { filename: 'x', content: new Blob([new Uint8Array(20 * 1024 * 1024)]) };
  const publish = (token) => () => connect({ token }).PackageRegistry.publish(PROJECT, 'app', '1', file);
  await refused(403, '403 Forbidden', publish('sandbox-reporter'));
  await refused(401, '401 Unauthorized', publish('wrong'));
});

await check('packages: all with files, show, remove', async () => {
  await api.PackageRegistry.publish(PROJECT, 'lib', '2.0', { filename: 'lib.a', content: new Blob(['a']) });
  const [found, ...others] = await api.Packages.all({ projectId: PROJECT, packageName: 'lib' });
  same([found.name, found.version, found.package_type, others], ['lib', '2.0', 'generic', []]);
  same(column(await api.Packages.allFiles(PROJECT, found.id), 'file_name'), ['lib.a']);
  same((await api.Packages.show(PROJECT, found.id)).name, 'lib');
  await api.Packages.remove(PROJECT, found.id);
  await refused(404, '404', () => api.Packages.show(PROJECT, found.id));
  await refused(404, '404', () => api.PackageRegistry.download(PROJECT, 'lib', '2.0', 'lib.a'));
});

await check('generic packages: a missing file is refused with 404', () =>
  refused(404, '404', () => api.PackageRegistry.download(PROJECT, 'app', '1.0.0', 'nope.bin')));

await check('uploads: a file is uploaded to the project, and downloaded', async () => {
  const file = { filename: 'dk.png', content: new Blob([BYTES]) };
  const made = await api.ProjectMarkdownUploads.create(PROJECT, file);
  const [, , secret] = made.url.split('/');
  same([made.alt, made.markdown], ['dk', `![dk](/uploads/${secret}/dk.png)`]);
  const stored = await bytes(await api.ProjectMarkdownUploads.download(PROJECT, secret, 'dk.png'));
  same(Buffer.compare(stored, BYTES), 0);
});

// --- permalink, evidence, notes --------------------------------------------------------------------------------------

await check('permalink: the latest release', async () => {
  same((await api.ProjectReleases.showLatest(PROJECT)).tag_name, NEWEST_FIRST[0]);
});

await check("downloads: a link's path, its slash encoded, leads to its file", async () => {
  const { id } = await api.Projects.show(PROJECT);
  const url = `${URL}/api/v4/projects/${id}/packages/generic/app/1.0.0/app.bin`;
  const stored = await bytes(await api.PackageRegistry.download(PROJECT, 'app', '1.0.0', 'app.bin'));
  const [tag] = NEWEST_FIRST;
  await api.ReleaseLinks.create(PROJECT, tag, 'App', url, { directAssetPath: '/bin/app.bin' });
  same(await bytes(await api.ProjectReleases.download(PROJECT, tag, 'bin/app.bin')), stored);
  same(await bytes(await api.ProjectReleases.downloadLatest(PROJECT, 'bin/app.bin')), stored);
});

await check('evidence: collected, and in the release a moment later', async () => {
  const [tag] = NEWEST_FIRST;
  await api.ProjectReleases.createEvidence(PROJECT, tag);
  const evidences = await eventually(async () => {
    const found = (await api.ProjectReleases.show(PROJECT, tag)).evidences;
    return found?.length && found;
  });
  assert(evidences[0].sha.length >= 40 && evidences[0].filepath.endsWith('.json'));
});

await check('notes: create, show, edit, all, remove on a merge request', async () => {
  const { iid } = await api.MergeRequests.create(PROJECT, 'release-plan', 'main', 'Plan');
  same((await api.MergeRequests.show(PROJECT, iid)).title, 'Plan');
  const { id } = await api.MergeRequestNotes.create(PROJECT, iid, 'Looks **good**');
  same((await api.MergeRequestNotes.show(PROJECT, iid, id)).body, 'Looks **good**');
  await api.MergeRequestNotes.edit(PROJECT, iid, id, { body: 'Looks better' });
  same(column(await api.MergeRequestNotes.all(PROJECT, iid, { sort: 'asc' }), 'body'), ['Looks better']);
  await api.MergeRequestNotes.remove(PROJECT, iid, id);
  await refused(404, '404', () => api.MergeRequestNotes.show(PROJECT, iid, id));
});
