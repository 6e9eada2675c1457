import { type Logger, NotFound } from '@blog/kit';
import type { Clock, Random } from '../delivery/clock';
import type { Sender } from '../delivery/send';
import type { Fault } from './fault';
import { type ActiveFault, type FaultCounts, stoppedOnPurpose, withFaults } from './faulty-send';

/** A fault, as shown. Times are ISO 8601. */
export interface ShownFault extends Fault {
  group: string;
  startedAt: string;
  endsAt: string;
  /** The pushes since then, and what became of them. */
  counts: FaultCounts;
}

export interface Faults {
  /** Makes something go wrong for a group, instead of what went wrong before. */
  put(group: string, fault: Fault): ShownFault;
  /** Ends it at once. Throws NotFound where nothing goes wrong for this group. */
  end(group: string): void;
  endAll(): void;
  list(): ShownFault[];
  /** The sender of a group, with its faults. */
  wrap(group: string, sender: Sender): Sender;
  /** No fault ends by itself any more, and nothing is told of its end. */
  close(): void;
}

interface Running extends ActiveFault {
  startedAt: number;
  endsAt: number;
  cancel: () => void;
}

const noCounts: FaultCounts = { pushes: 0, stopped: 0, failed: 0, heldBack: 0, answersLost: 0, duplicated: 0 };

/** Things that go wrong on purpose, so that one can see what the bus makes of them. They are kept in memory only. */
export function createFaults({
  clock,
  random,
  logger,
  onEnd,
}: {
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Called when the last fault of a group has ended: what failed because of it can be tried again. */
  onEnd: (group: string) => void;
}): Faults {
  const running = new Map<string, Running>();

  function show(group: string, { fault, startedAt, endsAt, counts }: Running): ShownFault {
    const timeOf = (ms: number): string => new Date(ms).toISOString();
    return { group, ...fault, startedAt: timeOf(startedAt), endsAt: timeOf(endsAt), counts: { ...counts } };
  }

  /** What it held back goes on; pushes from now on meet the next fault, if there is one. */
  function takeOut(group: string): Running | undefined {
    const ended = running.get(group);
    running.delete(group);
    ended?.cancel();
    for (const goOn of ended?.held ?? []) goOn();
    return ended;
  }

  function end(group: string): void {
    const ended = takeOut(group);
    if (!ended) throw new NotFound('Nothing goes wrong on purpose for this group.');
    logger.warn({ group, counts: ended.counts }, 'a fault on purpose ended');
    onEnd(group);
  }

  return {
    put(group, fault) {
      takeOut(group);
      const startedAt = clock.wallTime();
      const started: Running = {
        ...{ fault, counts: { ...noCounts }, held: new Set(), startedAt, endsAt: startedAt + fault.seconds * 1000 },
        cancel: clock.schedule(fault.seconds * 1000, () => end(group)),
      };
      running.set(group, started);
      logger.warn({ group, fault }, 'a fault on purpose started');
      return show(group, started);
    },
    end,
    endAll: () => [...running.keys()].forEach(end),
    list: () => [...running].map(([group, one]) => show(group, one)).sort((a, b) => (a.group < b.group ? -1 : 1)),
    wrap: (group, sender) => ({
      send: withFaults(sender.send, { active: () => running.get(group), clock, random }),
      knock: (url) => (running.get(group)?.fault.stop ? stoppedOnPurpose() : sender.knock(url)),
      close: () => sender.close(),
    }),
    close() {
      for (const one of running.values()) one.cancel();
      running.clear();
    },
  };
}
