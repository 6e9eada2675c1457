import { type Backoff, backoffMs } from './backoff';
import type { Clock, Random } from './clock';
import type { Outcome } from './outcome';

/** One URL of a group. */
export interface Endpoint {
  readonly url: string;
  inFlight: number;
  /** Passed over while another one is healthy; probed now and then. */
  failing: { reason: string; failures: number; probeAt: number } | undefined;
  /** When it did an event last, and when it broke a connection last; -Infinity if never. */
  doneAt: number;
  brokeAt: number;
  /** Keys whose events failed here since the last one that didn't. */
  failedKeys: Set<string>;
}

export interface Endpoints {
  /** The one to send to: the least busy of the healthy ones, or one of the others that is due for a probe. */
  choose(): Endpoint;
  /** One that has done an event since that time, and has broken no connection after it. */
  wellSince(time: number): Endpoint | undefined;
  /** Whether there is one that isn't failing. */
  anyHealthy(): boolean;
  /** Takes in what came back from it. */
  note(endpoint: Endpoint, outcome: Outcome, keys: readonly string[]): void;
  /** Those that fail may be tried at once. */
  probeNow(): void;
  all(): readonly Endpoint[];
}

/** Failures of so many keys in a row are the endpoint's, not theirs. */
const fewestFailedKeys = 3;

/** The endpoints of a group share its load; one that fails is passed over, and found again by single probes. */
export function createEndpoints(
  urls: readonly string[],
  { clock, random, backoff }: { clock: Pick<Clock, 'now'>; random: Random; backoff: Backoff },
): Endpoints {
  // Those used last stand at the end, so that equally busy ones take turns.
  let endpoints: Endpoint[] = urls.map((url) => ({
    url,
    inFlight: 0,
    failing: undefined,
    doneAt: -Infinity,
    brokeAt: -Infinity,
    failedKeys: new Set(),
  }));

  const leastBusy = (some: readonly Endpoint[]): Endpoint | undefined =>
    some.reduce<Endpoint | undefined>((best, one) => (best && best.inFlight <= one.inFlight ? best : one), undefined);

  function best(): Endpoint {
    const now = clock.now();
    const toProbe = endpoints.find(({ failing, inFlight }) => failing && failing.probeAt <= now && inFlight === 0);
    const healthy = endpoints.filter(({ failing }) => !failing);
    const found = toProbe ?? leastBusy(healthy) ?? leastBusy(endpoints);
    if (!found) throw new Error('a group without endpoints');
    return found;
  }

  function fail(endpoint: Endpoint, reason: string): void {
    const failures = (endpoint.failing?.failures ?? 0) + 1;
    endpoint.failing = { reason, failures, probeAt: clock.now() + backoffMs(failures, random(), backoff) };
  }

  return {
    choose() {
      const chosen = best();
      if (endpoints.length > 1) endpoints = [...endpoints.filter((one) => one !== chosen), chosen];
      return chosen;
    },
    wellSince: (time) => endpoints.find(({ doneAt, brokeAt }) => doneAt >= time && doneAt > brokeAt),
    anyHealthy: () => endpoints.some(({ failing }) => !failing),
    note(endpoint, outcome, keys) {
      if (outcome.kind === 'done') endpoint.doneAt = clock.now();
      if (outcome.kind === 'broken') endpoint.brokeAt = clock.now();
      switch (outcome.kind) {
        case 'done':
        case 'fault':
        case 'gone':
          endpoint.failing = undefined;
          endpoint.failedKeys.clear();
          return;
        case 'unreachable':
          return fail(endpoint, outcome.reason);
        case 'retry':
        case 'broken':
          if (endpoint.failedKeys.size < fewestFailedKeys) for (const key of keys) endpoint.failedKeys.add(key);
          if (endpoint.failing || endpoint.failedKeys.size >= fewestFailedKeys) fail(endpoint, outcome.reason);
      }
    },
    probeNow() {
      for (const { failing } of endpoints) if (failing) failing.probeAt = clock.now();
    },
    all: () => endpoints,
  };
}
