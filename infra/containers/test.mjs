// npm run test:containers: builds all images with an engine of its own, runs them by infra/compose.yaml, and lets them fail.
// Needs root on Linux with dockerd, docker, docker-compose, iptables and busybox-static; no registry of images.
// CONTAINERS_FOLDER keeps the engine's data for the next time. The results go where test.mjs writes its own (TEST_RESULTS).
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../laptop/processes.cjs';
import { addUp, asTestResult } from '../laptop/test-report.mjs';
import { makeBaseImage } from './base-image.mjs';
import { createChecks } from './checks.mjs';
import { startEngine, whyNoEngine } from './engine.mjs';
import { checkFailures } from './failures.mjs';
import { checkHardening } from './hardening.mjs';
import { buildImages, describeSizes } from './images.mjs';
import { checkOutage, checkSmoke } from './smoke.mjs';
import { createComposed, until } from './system.mjs';

const base = 'blog/base';
const certificates = '/etc/ssl/certs/ca-certificates.crt';
const { check, results } = createChecks();

async function build({ docker }, folder) {
  await check('an image with Node is made from this machine', async () => {
    // Kept from the last time: a new one would have everything built anew.
    if (await docker(['image', 'ls', '--quiet', base])) return;
    const version = await makeBaseImage({ docker, folder: join(folder, 'base'), tag: base });
    console.log(`          Node ${version}`);
  });
  const ca = existsSync(certificates) ? certificates : undefined;
  const isBuilt = await check('all images are built', () => buildImages({ docker, root, base, ca }));
  if (isBuilt) console.log(`\n${await describeSizes({ docker, base })}\n`);
  return isBuilt;
}

async function runSystem({ docker, compose }) {
  const system = await createComposed({ docker, compose, root, secret: randomBytes(32).toString('base64url') });
  try {
    if (!(await check('compose brings everything up', system.up))) return;
    await checkSmoke({ system, check, until });
    await checkOutage({ system, check });
    await checkHardening({ system, check, until });
    await checkFailures({ system, check, until });
  } finally {
    if (results.some(({ ok }) => !ok)) await showLogs(system);
    await check('compose takes everything down', system.down);
  }
}

async function showLogs({ names, ids, logs }) {
  for (const name of names.filter((name) => ids[name] !== undefined)) {
    console.log(`── ${name}\n${await logs(name, '--tail', '15').catch(String)}`);
  }
}

async function run() {
  const kept = process.env.CONTAINERS_FOLDER;
  // A short path: a socket's may have no more than 107 characters.
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'blog-engine-'));
  let engine;
  const starts = async () => (engine = await startEngine(folder));
  if (!(await check('an engine of our own starts', starts))) return;
  try {
    if (await build(engine, folder)) await runSystem(engine);
  } finally {
    await check("the engine ends, and the machine's network is as before", engine.stop);
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const reason = whyNoEngine();
const inCi = process.env.CI === 'true';
if (reason === undefined) await run();
else if (inCi) await check('containers can be run here', () => Promise.reject(new Error(reason)));
else console.log(`\n!! NO CONTAINER TEST RAN: ${reason}. On Linux with an engine: sudo npm run test:containers`);

const result = asTestResult(results);
if (process.env.TEST_RESULTS) writeFileSync(join(process.env.TEST_RESULTS, 'containers.json'), JSON.stringify(result));
const { passed, failed } = addUp([{ passed: result.numPassedTests, failed: result.numFailedTests, skipped: 0 }]);
console.log(`\ncontainers: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
