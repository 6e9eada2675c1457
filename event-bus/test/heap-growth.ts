import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** By how many bytes the heap is larger, while all that `make` gives is kept. */
export function heapGrowth(count: number, make: (index: number) => unknown): number {
  const before = heapUsed();
  const kept = Array.from({ length: count }, (_, index) => make(index));
  const growth = heapUsed() - before;
  return kept.length === count ? growth : NaN;
}
