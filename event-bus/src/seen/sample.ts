import type { Happening } from './happening';

type Kind = Happening['kind'];

export interface Sample {
  events: Happening[];
  /** Of how many that happened, so that a reader can say "1 of 20". */
  of: { published: number; delivered: number; failed: number };
}

export interface Sampler {
  /** Counts something, and perhaps takes it into the sample; only then it is put together. */
  see(kind: Kind, happening: () => Happening): void;
  /** The sample since the last one, failures first; undefined where nothing happened. */
  take(): Sample | undefined;
}

/** Some of many, each as likely as another: a reservoir. */
function createReservoir(size: number, random: () => number) {
  let kept: Happening[] = [];
  let seen = 0;
  return {
    see(happening: () => Happening): void {
      seen += 1;
      if (kept.length < size) return void kept.push(happening());
      const place = Math.floor(random() * seen);
      if (place < size) kept[place] = happening();
    },
    take(): { kept: Happening[]; seen: number } {
      const taken = { kept, seen };
      kept = [];
      seen = 0;
      return taken;
    },
  };
}

/** @param size the most events of one sample */
export function createSampler(size: number, random: () => number): Sampler {
  const reservoirs = {
    failed: createReservoir(size, random),
    delivered: createReservoir(size, random),
    published: createReservoir(size, random),
  };
  return {
    see: (kind, happening) => reservoirs[kind === 'given-up' ? 'failed' : kind].see(happening),
    take() {
      const [failed, delivered, published] = [
        reservoirs.failed.take(),
        reservoirs.delivered.take(),
        reservoirs.published.take(),
      ];
      const of = { published: published.seen, delivered: delivered.seen, failed: failed.seen };
      if (of.published + of.delivered + of.failed === 0) return undefined;
      const room = size - failed.kept.length;
      // What goes in and what goes out share the room that failures leave.
      const wellKept = delivered.kept.slice(0, Math.max(Math.ceil(room / 2), room - published.kept.length));
      const others = [...wellKept, ...published.kept].slice(0, room);
      return { events: [...failed.kept, ...others], of };
    },
  };
}
