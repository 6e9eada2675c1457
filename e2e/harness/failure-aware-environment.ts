import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';

/** Jest's node environment, which also tells `afterEach` whether the test failed: `globalThis.hasTestFailed`. */
class FailureAwareEnvironment extends TestEnvironment {
  handleTestEvent(event: Circus.Event): void {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.global.hasTestFailed = true;
  }
}

export = FailureAwareEnvironment;
