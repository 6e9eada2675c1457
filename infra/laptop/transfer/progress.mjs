import { Presets, SingleBar } from 'cli-progress';

/** Lines for a log instead of a bar: one for each tenth. */
function createLines(what, total) {
  let told = 0;
  return {
    at(done) {
      const tenth = Math.floor((10 * done) / Math.max(total, 1));
      if (tenth > told && total >= 100) console.log(`${what}: ${done} of ${total}`);
      told = Math.max(told, tenth);
    },
    end() {},
  };
}

/** How far something is: `at(done)`. A bar where somebody looks at it, else a few lines. */
export function createProgress(what, total) {
  if (!process.stderr.isTTY) return createLines(what, total);
  const bar = new SingleBar(
    { format: `${what} {bar} {percentage}% {value}/{total}, {eta_formatted}`, stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    at: (done) => bar.update(done),
    end: () => bar.stop(),
  };
}
