export interface Endpoints {
  /** The endpoints in the order in which to try them for one request. */
  inTurn(): string[];
  /** This one took no connection: it is passed over for a while. */
  refused(url: string): void;
  /** This one works (again). */
  answered(url: string): void;
}

interface EndpointsOptions {
  urls: readonly string[];
  /** Milliseconds of a clock that never goes back. */
  now: () => number;
  passOverMs?: number;
}

/**
 * Replicas of one service, which share the load in turn.
 *
 *   in turn ──refused──> passed over for 2 s ──> in turn again (the next request is the probe)
 *      ▲                      │
 *      └───────answered───────┘
 *
 * One that is passed over stays at the end of the order: if all refuse, all are tried before giving up.
 */
export function createEndpoints({ urls, now, passOverMs = 2_000 }: EndpointsOptions): Endpoints {
  const passedOverUntil = new Map<string, number>();
  let turn = 0;
  return {
    inTurn() {
      const start = turn++ % urls.length;
      const rotated = [...urls.slice(start), ...urls.slice(0, start)];
      const at = now();
      const isPassedOver = (url: string) => (passedOverUntil.get(url) ?? 0) > at;
      return [...rotated.filter((url) => !isPassedOver(url)), ...rotated.filter(isPassedOver)];
    },
    refused: (url) => void passedOverUntil.set(url, now() + passOverMs),
    answered: (url) => void passedOverUntil.delete(url),
  };
}
