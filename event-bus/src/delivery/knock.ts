import type { Clock, Random } from './clock';
import type { Endpoint, Endpoints } from './endpoints';
import { wellMs } from './evidence';
import { isThere } from './outcome';
import type { Pace } from './pace';
import type { Sender } from './send';

/** What came of looking for an endpoint that is there. */
export type Found =
  | { kind: 'there'; endpoint: Endpoint }
  /** Nothing can be said: some servers answer nothing but POST. */
  | { kind: 'unknown'; endpoint: Endpoint }
  | { kind: 'away' };

/** `prefersWell`: begins with an endpoint that has just done an event, if there is one: what it dies of then can be told. */
export type Knock = (who: { unansweredKnocks: number }, wishes?: { prefersWell?: boolean }) => Promise<Found>;

/** Each time that so many knocks have had no answer, an event is sent all the same. */
const knocksPerTry = 4;

/**
 * Finds out whether an endpoint that has just broken a connection keeps no new one open either: it did so right before, thus its
 * process has died meanwhile.
 */
export function createIsGone(knock: Sender['knock']): (endpoint: Endpoint) => Promise<boolean> {
  return async ({ url }) => {
    const { kind } = await knock(url).answer;
    return kind === 'unreachable' || kind === 'broken';
  };
}

/**
 * Finds out whether the subscriber is there, without an event: before an event that may kill it, and after a connection
 * broke, which tells nothing of whether there is more than a proxy by now.
 */
export function createKnock({
  knock,
  endpoints,
  pace,
  clock,
  random,
}: {
  knock: Sender['knock'];
  endpoints: Endpoints;
  pace: Pace;
  clock: Clock;
  random: Random;
}): Knock {
  return async (who, { prefersWell = false } = {}) => {
    const known = prefersWell ? endpoints.wellSince(clock.now() - wellMs) : undefined;
    for (let tries = 0; tries < endpoints.all().length; tries += 1) {
      const endpoint = (tries === 0 ? known : undefined) ?? endpoints.choose();
      endpoint.inFlight += 1;
      const answer = await knock(endpoint.url).answer;
      endpoint.inFlight -= 1;
      if (isThere(answer)) {
        who.unansweredKnocks = 0;
        return { kind: 'there', endpoint };
      }
      if (answer.kind === 'silent' && answer.written) return { kind: 'unknown', endpoint };
      who.unansweredKnocks += 1;
      if (answer.kind !== 'unreachable' && who.unansweredKnocks % knocksPerTry === 0) {
        return { kind: 'unknown', endpoint };
      }
      const reason = answer.kind === 'answered' ? `answered ${answer.status}` : 'nobody answers';
      const said = 'reason' in answer ? answer.reason : reason;
      endpoints.note(endpoint, { kind: 'unreachable', reason: said }, []);
      if (!endpoints.anyHealthy()) pace.unreachable(said, clock.now(), random());
    }
    return { kind: 'away' };
  };
}
