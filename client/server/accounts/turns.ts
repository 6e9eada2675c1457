import { Unavailable } from '@blog/kit';

export interface Turns {
  /**
   * Does work when it is its turn, and gives what it gave. Throws `Unavailable` where too many wait already, and where nobody
   * wants it any more when its turn comes.
   */
  take<T>(work: () => Promise<T>, isWanted?: () => boolean): Promise<T>;
}

/**
 * Lets so many do at once what takes the processor or its threads for a while, and others wait, in their order. Without it,
 * a few hundred passwords tried at once would keep Node's four threads, which read all files too, busy for a minute.
 */
export function createTurns({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }): Turns {
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function turn(): Promise<void> {
    if (busy < atOnce) {
      busy += 1;
      return;
    }
    if (waiting.length >= mostWaiting) throw new Unavailable('Too many sign in at this moment. Try again soon.', 5);
    // Whoever ends hands its place on: it is never free in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function handOn(): void {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  }

  return {
    async take(work, isWanted = () => true) {
      await turn();
      try {
        if (!isWanted()) throw new Unavailable('Nobody waits for it any more.');
        return await work();
      } finally {
        handOn();
      }
    },
  };
}
