// semantic-release with @semantic-release/gitlab publishes to the sandbox, as a job of GitLab's CI would: from a git
// repository of its own, with the variables that GitLab sets. What it wrote is then read back over the API.
//
// The plugin only creates; what it wrote is then changed and deleted over the API. Its comments on merge requests and issues are turned
// off, since they need git history and issues, which the sandbox does not have.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import semanticRelease from 'semantic-release';
import { URL, ask, check } from './checks.mjs';

const same = assert.deepEqual;
const PROJECT = 'root/awesome-app';
const project = await ask('GET', `/projects/${encodeURIComponent(PROJECT)}`);

// --- a repository, and the server it is pushed to --------------------------------------------------------------------

const folder = mkdtempSync(join(tmpdir(), 'semantic-release-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const [origin, work] = [join(folder, 'origin.git'), join(folder, 'work')];
const author = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' };
const committer = { GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };
const gitEnv = { ...process.env, ...author, ...committer, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
const git = (...args) => execFileSync('git', args, { cwd: work, env: gitEnv, encoding: 'utf8' });

mkdirSync(work);
git('init', '--quiet', '--bare', '--initial-branch=main', origin);
git('init', '--quiet', '--initial-branch=main', '.');
// The sandbox has no git: what GitLab does when a tag is pushed, this does in its place.
const hook = `#!/usr/bin/env node
const pushed = require('node:fs').readFileSync(0, 'utf8').matchAll(/refs\\/tags\\/(.+)/g);
for (const [, tag] of pushed) {
  const body = JSON.stringify({ tag_name: tag, ref: 'main' });
  const headers = { 'PRIVATE-TOKEN': 'sandbox-maintainer', 'Content-Type': 'application/json' };
  fetch('${URL}/api/v4/projects/${project.id}/repository/tags', { method: 'POST', headers, body });
}
`;
writeFileSync(join(origin, 'hooks/post-receive'), hook);
chmodSync(join(origin, 'hooks/post-receive'), 0o755);

const BYTES = Uint8Array.from({ length: 76_800 }, (_, i) => i % 256);
mkdirSync(join(work, 'dist'));
writeFileSync(join(work, 'dist/app.bin'), BYTES);
writeFileSync(join(work, 'dist/notes.txt'), 'Read me.\n');

function commit(message) {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', message);
  git('push', '--quiet', origin, 'HEAD:main');
}

// --- a run, as in a CI job -------------------------------------------------------------------------------------------

async function release(plugin, variables = { GITLAB_TOKEN: 'sandbox-maintainer' }) {
  const log = [];
  const output = new Writable({ write: (chunk, _, done) => (log.push(`${chunk}`), done()) });
  const gitlab = { successCommentCondition: false, failCommentCondition: false, ...plugin };
  const options = {
    branches: ['main'],
    repositoryUrl: pathToFileURL(origin).href,
    plugins: [
      '@semantic-release/commit-analyzer',
      '@semantic-release/release-notes-generator',
      ['@semantic-release/gitlab', gitlab],
    ],
  };
  const env = {
    ...gitEnv,
    CI: 'true',
    GITLAB_CI: 'true',
    CI_COMMIT_REF_NAME: 'main',
    CI_COMMIT_SHA: git('rev-parse', 'HEAD').trim(),
    CI_SERVER_URL: URL,
    CI_API_V4_URL: `${URL}/api/v4`,
    CI_PROJECT_ID: `${project.id}`,
    CI_PROJECT_PATH: PROJECT,
    CI_PROJECT_URL: `${URL}/${PROJECT}`,
    ...variables,
  };
  const result = await semanticRelease(options, { cwd: work, env, stdout: output, stderr: output });
  return { result, log: log.join('') };
}

/** Checks that a run ends in an error of the plugin's. */
async function refused(code, plugin, variables) {
  await assert.rejects(release(plugin, variables), (error) => {
    const codes = (error.errors ?? [error]).map((e) => e.code ?? e.response?.statusCode);
    same(codes, [code], `${error}`);
    return true;
  });
}

const read = (tag) => ask('GET', `/projects/${project.id}/releases/${tag}`);
const linksOf = (found) => Object.fromEntries(found.assets.links.map((link) => [link.name, link]));
async function download(url) {
  const answer = await fetch(url, { headers: { 'PRIVATE-TOKEN': 'sandbox-maintainer' } });
  assert(answer.ok, `${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** How many requests that are not mere reading the sandbox has had. */
async function writes() {
  const { requests } = await (await fetch(`${URL}/sandbox/requests`)).json();
  return requests.filter(({ method }) => method !== 'GET').reduce((sum, { count }) => sum + count, 0);
}

// --- the checks ------------------------------------------------------------------------------------------------------

commit('feat: a first version');

await check('verifyConditions: a wrong token is told as such', () =>
  refused('EINVALIDGLTOKEN', {}, { GITLAB_TOKEN: 'wrong' }));

await check('verifyConditions: a reporter may not push', () =>
  refused('EGLNOPUSHPERMISSION', {}, { GITLAB_TOKEN: 'sandbox-reporter' }));

await check('verifyConditions: a project that is not there is told as such', () =>
  refused('EMISSINGREPO', {}, { GITLAB_TOKEN: 'sandbox-maintainer', CI_PROJECT_ID: '999999' }));

await check('publish: a version with a generic package, a link and milestones', async () => {
  const { result } = await release({
    milestones: ['v1.0-rc', 'v1.0'],
    assets: [
      { path: 'dist/app.bin', label: 'app.bin', filepath: '/bin/app.bin', target: 'generic_package' },
      { url: 'https://example.com/${nextRelease.version}', label: 'Manual', type: 'runbook', filepath: '/manual' },
    ],
  });
  same([result.lastRelease.version, result.nextRelease.version], [undefined, '1.0.0']);
  const published = result.releases.find((found) => found.name === 'GitLab release');
  same(published.url, `${URL}/${PROJECT}/-/releases/v1.0.0`);
});

await check('publish: the release reads as it was written', async () => {
  const found = await read('v1.0.0');
  same([found.name, found.tag_name], ['v1.0.0', 'v1.0.0']);
  assert(found.description.includes('a first version'), found.description);
  same(found.milestones.map((m) => m.title).sort(), ['v1.0', 'v1.0-rc']);
  const { 'app.bin': app, Manual: manual } = linksOf(found);
  same([manual.url, manual.link_type], ['https://example.com/1.0.0', 'runbook']);
  same(app.link_type, 'package');
  assert(app.direct_asset_url.endsWith('/-/releases/v1.0.0/downloads/bin/app.bin'));
});

await check('publish: the package downloads as it was', async () => {
  const { 'app.bin': app } = linksOf(await read('v1.0.0'));
  same(Buffer.compare(await download(app.url), BYTES), 0);
});

await check('publish: nothing new, nothing written', async () => {
  const before = await writes();
  const { result } = await release({});
  same(result, false);
  same(await writes(), before);
});

await check("publish: the next version with a CI job's token", async () => {
  commit('fix: a mistake');
  const assets = [{ path: 'dist/*.txt', target: 'generic_package', status: 'hidden' }];
  const { result } = await release({ useJobToken: true, assets }, { CI_JOB_TOKEN: 'sandbox-job' });
  same([result.lastRelease.version, result.nextRelease.version], ['1.0.0', '1.0.1']);
  const found = await read('v1.0.1');
  assert(found.description.includes('a mistake'));
  same(`${Buffer.from(await download(linksOf(found)['notes.txt'].url))}`, 'Read me.\n');
});

await check('publish: a file uploaded to the project', async () => {
  commit('fix: another mistake');
  await release({ assets: [{ path: 'dist/app.bin', label: 'Upload', filepath: '/bin/upload' }] });
  const { Upload: upload } = linksOf(await read('v1.0.2'));
  same(upload.link_type, 'other');
  // The link leads to a page for people; below the API the same file is for tools.
  const [, path] = upload.url.split(`${URL}/-/project/`);
  same(Buffer.compare(await download(`${URL}/api/v4/projects/${path}`), BYTES), 0);
});

await check('publish: an unknown milestone is refused, and the tag stays without a release', async () => {
  commit('fix: yet another mistake');
  await refused('ERR_NON_2XX_3XX_RESPONSE', { milestones: ['nope'] });
  same((await ask('GET', `/projects/${project.id}/repository/tags/v1.0.3`)).release, null);
});

await check('afterwards: what the plugin wrote can be changed', async () => {
  const path = `/projects/${project.id}/releases/v1.0.0`;
  const before = await read('v1.0.0');
  await ask('PUT', path, { name: 'One', milestones: [] });
  const after = await read('v1.0.0');
  same([after.name, after.milestones, after.description], ['One', undefined, before.description]);
  same(Object.keys(linksOf(after)).sort(), Object.keys(linksOf(before)).sort());
});

await check('afterwards: and deleted, but for its tag', async () => {
  const tags = async () => (await ask('GET', `/projects/${project.id}/repository/tags`)).map((tag) => tag.name);
  const before = await tags();
  await ask('DELETE', `/projects/${project.id}/releases/v1.0.0`);
  const left = (await ask('GET', `/projects/${project.id}/releases`)).map((found) => found.tag_name);
  assert(!left.includes('v1.0.0') && left.includes('v1.0.1'), left);
  same(await tags(), before);
});
