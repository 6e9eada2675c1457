/** Runs checks one after another; each counts as one test. One that fails doesn't keep the others from running. */
export function createChecks() {
  const results = [];
  return {
    /** `{name, ok, seconds}` of each check so far. */
    results,
    /** Runs `work`; gives whether it succeeded. */
    async check(name, work) {
      const started = performance.now();
      const fault = await Promise.resolve()
        .then(work)
        .then(
          () => undefined,
          (error) => error,
        );
      const seconds = (performance.now() - started) / 1000;
      results.push({ name, ok: fault === undefined, seconds });
      console.log(`  ${fault === undefined ? 'ok    ' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)`);
      if (fault !== undefined) console.log(String(fault.stack ?? fault).replaceAll(/^/gm, '            '));
      return fault === undefined;
    },
  };
}
