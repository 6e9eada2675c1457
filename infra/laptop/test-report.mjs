import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The counts of each jest run whose JSON lies in the folder. A test file that could not even run counts as one failure. */
export function countTests(folder) {
  return readResults(folder).map((result) => ({
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  }));
}

function readResults(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

/** A line for each of the test files that took longest: those to make faster first. */
export function describeSlowest(folder, root, count = 15) {
  const files = readResults(folder).flatMap(({ testResults = [] }) => testResults);
  return files
    .map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(7)} s  ${relative(root, name)}`)
    .join('\n');
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
