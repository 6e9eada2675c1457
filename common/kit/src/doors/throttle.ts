/** Lets each of many keys do something so often, and again after a while. */
export interface Throttle {
  /** Counts one for a key: 0, or if it is one too many, after how many ms the next may be. */
  take(key: string): number;
  /** The last one doesn't count after all. */
  giveBack(key: string): void;
  /** How many keys are remembered. */
  size(): number;
}

export interface ThrottleOptions {
  /** So many at once … */
  burst: number;
  /** … and as many again in so many ms. */
  perMs: number;
  /** Whether they come again one after the other, or all at the end of that time. */
  again?: 'one by one' | 'at once';
  /** ms; only differences count. */
  now?: () => number;
  /** The key that nobody has used for the longest time is forgotten. Keys come from outside: they must be short. */
  mostKeys?: number;
}

/** Counts in memory, and in no more of it than `mostKeys` take: keys are what strangers choose. */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { burst, perMs, again = 'one by one', now = () => performance.now(), mostKeys = 10_000 } = options;
  const buckets = new Map<string, { left: number; at: number }>();
  const msPerOne = perMs / burst;

  /** Brings a bucket up to date. */
  function refill(bucket: { left: number; at: number }, at: number): void {
    const passed = at - bucket.at;
    if (again === 'at once' && passed < perMs) return;
    bucket.left = again === 'at once' ? burst : Math.min(burst, bucket.left + passed / msPerOne);
    bucket.at = at;
  }

  return {
    take(key) {
      const at = now();
      const bucket = buckets.get(key) ?? { left: burst, at };
      refill(bucket, at);
      // Last in the map: the first to be forgotten is the one that nobody has used.
      buckets.delete(key);
      buckets.set(key, bucket);
      const [oldest] = buckets.keys();
      if (buckets.size > mostKeys && oldest !== undefined) buckets.delete(oldest);
      if (bucket.left < 1)
        return Math.ceil(again === 'at once' ? bucket.at + perMs - at : (1 - bucket.left) * msPerOne);
      bucket.left -= 1;
      return 0;
    },
    giveBack(key) {
      const bucket = buckets.get(key);
      if (bucket) bucket.left = Math.min(burst, bucket.left + 1);
    },
    size: () => buckets.size,
  };
}

/** Counts one at each of several throttles, or, if it is one too many for any of them, at none; gives what `take` gives. */
export function takeOfAll(counts: readonly { throttle: Throttle; key: string }[]): number {
  const waits = counts.map(({ throttle, key }) => throttle.take(key));
  const longest = Math.max(0, ...waits);
  if (longest > 0) counts.forEach(({ throttle, key }, index) => waits[index] === 0 && throttle.giveBack(key));
  return longest;
}
