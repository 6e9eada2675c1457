/**
 * Runs jobs in their order, one in each turn of the event loop: what has arrived at once would otherwise be done at once,
 * and hold up everything else meanwhile.
 */
export function createTurns(): (job: () => void) => void {
  const jobs: (() => void)[] = [];

  function runNext(): void {
    // It stays in the list while it runs: whoever adds one meanwhile need not ask for a turn.
    try {
      jobs[0]?.();
    } finally {
      jobs.shift();
      if (jobs.length > 0) setImmediate(runNext);
    }
  }

  return (job) => {
    if (jobs.push(job) === 1) setImmediate(runNext);
  };
}
