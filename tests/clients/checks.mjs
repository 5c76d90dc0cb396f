// Named checks for the Node clients, one line of output each: `ok - NAME` or `not ok - NAME` and why.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

export const URL = process.env.SANDBOX_URL;

/** Runs a check. A failed one does not stop those after it. */
export async function check(name, run) {
  try {
    await run();
    console.log(`ok - ${name}`);
  } catch (error) {
    console.log(`not ok - ${name}`);
    const line = /checks?\.mjs|node:|node_modules/;
    const at = (error.stack ?? '').split('\n').find((row) => row.includes('.mjs:') && !line.test(row)) ?? '';
    for (const row of [at.trim(), ...`${error}`.split('\n')]) console.log(`#   ${row}`);
  }
}

/** What the function gives, once it is something: for what a server does in the background. */
export async function eventually(run) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await run();
    if (found) return found;
    assert(Date.now() < deadline, 'it did not come');
    await wait(20);
  }
}

/** A request as the maintainer would send it, past any client: the answer's JSON. */
export async function ask(method, path, body) {
  const headers = { 'PRIVATE-TOKEN': 'sandbox-maintainer', 'Content-Type': 'application/json' };
  const answer = await fetch(`${URL}/api/v4${path}`, { method, headers, body: body && JSON.stringify(body) });
  assert(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}
