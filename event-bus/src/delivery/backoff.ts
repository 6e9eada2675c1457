/** How long to wait between tries, ms: `firstMs` doubling up to `longestMs`. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/** Between the tries of one event. Eight tries take 25 s at most, 13 s on average. */
export const laneBackoff: Backoff = { firstMs: 200, longestMs: 60_000 };

/** Between the tries of an event whose content is refused: time will hardly help, so its key is held up only briefly. */
export const refusalBackoff: Backoff = { firstMs: 50, longestMs: 2_000 };

/** Between the probes of a subscriber or an endpoint that is away: it is found again soon after it comes back. */
export const awayBackoff: Backoff = { firstMs: 200, longestMs: 5_000 };

/** Between the probes of a subscriber that is there and fails: perhaps some keys fail and the next one will not. */
export const failingBackoff: Backoff = { firstMs: 200, longestMs: 1_000 };

/**
 * The wait after a number of failures in a row: a random part of a limit that doubles (full jitter), so that those who
 * failed together don't come back together.
 *
 *     failures    1    2    3      4      5 …  9 and more
 *     at most   200  400  800  1,600  3,200 … 60,000 ms
 *
 * @param random from 0 to below 1
 */
export function backoffMs(failures: number, random: number, { firstMs, longestMs }: Backoff): number {
  return random * Math.min(longestMs, firstMs * 2 ** (Math.max(1, failures) - 1));
}
