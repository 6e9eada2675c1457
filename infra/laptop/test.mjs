// npm test [-- words]: everything a laptop can check. Words choose test files by their path, and leave the static checks out.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditDependencies, describeUnchecked, reportAudit } from './audit.mjs';
import { buildIfNeeded } from './build.mjs';
import { findChromium } from './chromium.cjs';
import { failClearly } from './fail-clearly.mjs';
import { installIfNeeded } from './install.mjs';
import { run } from './npm.mjs';
import { findPostgres } from './postgres.mjs';
import { root } from './processes.cjs';
import { addUp, asTestResult, countTests, describeSlowest, describeSteps } from './test-report.mjs';

const inCi = process.env.CI === 'true';
const filter = process.argv.slice(2);
// CI gives a folder that outlives this run, to read the results from.
const resultsFolder = process.env.TEST_RESULTS ?? mkdtempSync(join(tmpdir(), 'blog-test-'));
const chromium = findChromium();
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
let postgres = { reason: 'not looked for' };
let audit = {};
const steps = [];

const bin = (...path) => join(root, 'node_modules', ...path);
const node = (script, args, env = {}) => run(process.execPath, [script, ...args], { env: { ...process.env, ...env } });

async function step(name, work, { isJest = false } = {}) {
  console.log(`\n── ${name}\n`);
  const started = performance.now();
  const code = await work();
  steps.push({ name, isJest, ok: code === 0, seconds: (performance.now() - started) / 1000 });
}

/** Jest with its numbers kept as JSON in the results folder. */
const jest = (name, args) =>
  node(
    bin('jest', 'bin', 'jest.js'),
    ['--json', `--outputFile=${join(resultsFolder, `${name}.json`)}`, '--passWithNoTests', ...args, ...filter],
    {
      ...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }),
      ...(postgres.url === undefined ? {} : { TEST_DATABASE_URL: postgres.url }),
    },
  );

async function runSteps() {
  await installIfNeeded();
  if (filter.length === 0) {
    await step('types', () => node(bin('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.check.json']));
    await step('lint', () => node(bin('eslint', 'bin', 'eslint.js'), ['.', '--max-warnings', '0']));
    await step('format', () => node(bin('prettier', 'bin', 'prettier.cjs'), ['--check', '--log-level', 'warn', '.']));
    audit = await auditDependencies();
    // What was not checked has not passed: the summary says so, and no step counts for it.
    if (audit.findings) await step('dependencies', async () => reportAudit(audit));
  }
  await step('build', () => buildIfNeeded().then(() => 0));
  postgres = await findPostgres(process.env);
  const without = [...(hasKubectl ? [] : ['infra/test/kubectl']), ...(postgres.url === undefined ? ['postgres'] : [])];
  const leftOut = (...more) => [`--testPathIgnorePatterns=${['/node_modules/', ...without, ...more].join('|')}`];
  const isJest = true;
  // By itself jest leaves a processor to others, and on two has no workers at all. One that has grown is replaced.
  const workers = ['--maxWorkers=100%', '--workerIdleMemoryLimit=1GB'];
  await step('unit, api and store tests', () => jest('fast', [...workers, ...leftOut('\\.e2e\\.test\\.')]), { isJest });
  // One after another: they start real processes, and some measure how those share the machine.
  const e2e = leftOut(...(chromium === undefined ? ['browser'] : []));
  await step('end-to-end tests', () => jest('e2e', ['--runInBand', '--testMatch=**/*.e2e.test.ts?(x)', ...e2e]), {
    isJest,
  });
}

function finish() {
  // The steps count too: otherwise a run with nothing but a type error would end in "0 failed".
  writeFileSync(join(resultsFolder, 'steps.json'), JSON.stringify(asTestResult(steps.filter(({ isJest }) => !isJest))));
  const { passed, failed, skipped } = addUp(countTests(resultsFolder));
  const failedSteps = steps.filter(({ ok }) => !ok);
  console.log(`\n── summary\n\n${describeSteps(steps)}\n`);
  if (filter.length === 0) console.log(`The slowest test files:\n${describeSlowest(resultsFolder, root)}\n`);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  if (chromium === undefined) {
    console.log('\n!! NO BROWSER TEST RAN: no Chromium found. Install one, or set CHROMIUM_PATH to its executable.');
  }
  if (!hasKubectl) console.log('\n!! NO OVERLAY OF infra/k8s WAS BUILT: no kubectl found.');
  if (postgres.url === undefined) {
    console.log(
      `\n!! NO POSTGRESQL TEST RAN: ${postgres.reason}. Start one, or set TEST_DATABASE_URL to its database.`,
    );
  }
  if (audit.reason !== undefined) console.log(`\n${describeUnchecked(audit.reason)}`);
  const isWhole = chromium !== undefined && hasKubectl && postgres.url !== undefined && skipped === 0;
  const forbidden = inCi && !isWhole;
  if (forbidden) console.log('\nCI=true: nothing may be skipped.');
  process.exitCode = failedSteps.length > 0 || failed > 0 || forbidden ? 1 : 0;
}

await failClearly(async () => {
  try {
    await runSteps();
  } catch (error) {
    steps.push({ name: error.message, isJest: false, ok: false, seconds: 0 });
  }
  finish();
});
if (process.env.TEST_RESULTS === undefined) rmSync(resultsFolder, { recursive: true, force: true });
