import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The counts of each jest run whose JSON lies in the folder. A test file that could not even run counts as one failure. */
export function countTests(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .map((result) => ({
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    }));
}

/** Steps in the form of a jest result, each step counting as one test. */
export function asTestResult(steps) {
  const passed = steps.filter(({ ok }) => ok).length;
  return {
    numPassedTests: passed,
    numFailedTests: steps.length - passed,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  };
}

/** One count out of many. */
export function addUp(counts) {
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** A line per step: what it was, whether it passed, how long it took. */
export function describeSteps(steps) {
  const width = Math.max(...steps.map(({ name }) => name.length), 0);
  return steps
    .map(({ name, ok, seconds }) => `  ${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(width)}  ${seconds.toFixed(1)} s`)
    .join('\n');
}
