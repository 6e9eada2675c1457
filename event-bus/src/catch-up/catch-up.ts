import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Logger } from '@blog/kit';
import type { Clock } from '../delivery/clock';
import type { Sender } from '../delivery/send';
import type { Subscription } from '../delivery/subscription';
import { createGate, type Gate, type HistoryRead } from './gate';
import { ask, watchPresence } from './presence';

/** Who asks for the whole history. */
export interface Reader {
  /** The address that the request comes from. */
  address: string;
  userAgent: string;
}

/** Lets subscribers that read the history themselves have each event once. */
export interface CatchUp {
  /** Holds a group's pushes back while its subscriber may read the history itself, if the group is so. */
  wrap(group: string, subscription: Subscription, sender: Sender): Sender;
  /** Somebody begins to read the whole history. Undefined if it is no subscriber at its start, for all that is known. */
  beginRead(reader: Reader): Promise<HistoryRead | undefined>;
}

interface Watched {
  gate: Gate;
  catchUp: Subscription['catchUp'];
  host: string;
}

const askMs = 1_000;

/** What people look at the history with: they take no part in it. */
const toolsOfPeople = /^(curl|wget|mozilla|opera|postman|insomnia|httpie|bruno|thunder|rest|powershell)/i;
const httpClientOfTheCourse = /^axios\//;

const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);
const plain = (address: string): string => address.replace(/^::ffff:/, '');

/** Whether a request from that address may come from the machine of that name. */
async function isAt(host: string, address: string): Promise<boolean> {
  const name = host.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(name) ? [{ address: name }] : await lookup(name, { all: true }).catch(() => []);
  return found.some((one) => one.address === plain(address) || (isLoopback(one.address) && isLoopback(address)));
}

function mayBe({ catchUp }: Watched, { userAgent }: Reader): boolean {
  return catchUp === 'auto' ? httpClientOfTheCourse.test(userAgent) : !toolsOfPeople.test(userAgent);
}

export function createCatchUp({
  clock,
  logger,
  waitMs,
  forward,
  retryNow,
}: {
  clock: Pick<Clock, 'now' | 'schedule'>;
  logger: Logger;
  /** How long a subscriber that is back may take to begin to read, ms. */
  waitMs: number;
  /** Moves a group's cursor to this sequence. */
  forward: (group: string, head: number) => Promise<void>;
  /** What a group waits for a time for is tried at once. */
  retryNow: (group: string) => void;
}): CatchUp {
  const watched = new Map<string, Watched>();

  return {
    wrap(group, { catchUp, endpoints: [endpoint, ...others] }, sender) {
      // Of several that stand for one another, nobody knows which one has read what.
      if (catchUp === undefined || catchUp === 'bus' || endpoint === undefined || others.length > 0) return sender;
      const gate = createGate({
        clock,
        waitMs,
        async forward(head) {
          try {
            await forward(group, head);
            logger.warn(
              { group, sequence: head },
              'a subscriber has read the history itself: it goes on after this event',
            );
          } catch (error) {
            logger.warn({ group, err: error }, 'a subscriber has read the history itself, but gets it again');
          }
        },
        release: () => retryNow(group),
      });
      const one: Watched = { gate, catchUp, host: new URL(endpoint).hostname };
      watched.set(group, one);
      const stop = watchPresence(() => ask(endpoint, { timeoutMs: askMs }), gate);
      return {
        ...gate.wrap(sender),
        close() {
          stop();
          if (watched.get(group) === one) watched.delete(group);
          sender.close();
        },
      };
    },
    async beginRead(reader) {
      const candidates = [...watched.values()].filter((one) => mayBe(one, reader));
      const near = await Promise.all(candidates.map((one) => isAt(one.host, reader.address)));
      const reads = candidates.flatMap(({ gate }, index) => (near[index] ? (gate.beginRead() ?? []) : []));
      if (reads.length === 0) return undefined;
      return {
        ready: Promise.all(reads.map(({ ready }) => ready)).then(() => undefined),
        // Which of several it was nobody knows: none of them may lose anything.
        end: (head) => reads.forEach((read) => read.end(reads.length === 1 ? head : undefined)),
      };
    },
  };
}
