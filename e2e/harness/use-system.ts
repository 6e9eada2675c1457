import { describeLogs, startSystem, type System, type SystemOptions } from './system';

/** Set by the test environment `failure-aware-environment.ts`. */
declare global {
  var hasTestFailed: boolean | undefined;
}

const startWithinMs = 60_000;

function printLogsOfFailure(system: System | undefined): void {
  if (!globalThis.hasTestFailed) return;
  globalThis.hasTestFailed = false;
  if (system) process.stderr.write(`\nLogs of the processes of the failed test:\n${describeLogs(system)}\n`);
}

/**
 * One system for all tests of the surrounding `describe`, or of the file. Gives a function that returns it.
 * What it started is ended even when a test fails, and then the logs of its processes are printed.
 * Options that are known only later come as a function.
 */
export function useSystem(options: SystemOptions | (() => Promise<SystemOptions>) = {}): () => System {
  let system: System | undefined;
  beforeAll(async () => {
    system = await startSystem(typeof options === 'function' ? await options() : options);
  }, startWithinMs);
  afterEach(() => printLogsOfFailure(system));
  afterAll(() => system?.stop(), startWithinMs);
  return () => present(system);
}

/** The same with a fresh system for each test. */
export function useFreshSystem(options: SystemOptions = {}): () => System {
  let system: System | undefined;
  beforeEach(async () => {
    system = await startSystem(options);
  }, startWithinMs);
  afterEach(async () => {
    printLogsOfFailure(system);
    await system?.stop();
    system = undefined;
  }, startWithinMs);
  return () => present(system);
}

function present(system: System | undefined): System {
  if (system === undefined) throw new Error('The system runs only within a test');
  return system;
}
