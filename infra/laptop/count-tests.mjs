// node count-tests.mjs <folder>: the closing line of a CI run, from the results that test.mjs left there.
import { addUp, countTests } from './test-report.mjs';

const { passed, failed } = addUp(countTests(process.argv[2]));
console.log(`${passed} passed, ${failed} failed`);
