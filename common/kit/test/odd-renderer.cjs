// Stands in for the thread that renders Markdown: its texts say what it does.
const { parentPort } = require('node:worker_threads');

const held = [];
const deeds = {
  endless() {
    for (;;) held.length = 0;
  },
  greedy() {
    for (;;) held.push(new Array(10_000).fill({}));
  },
  crash() {
    setImmediate(() => {
      throw new Error('crashed');
    });
    return undefined;
  },
  exit: () => process.exit(1),
  failing: () => ({ kind: 'failed', name: 'TypeError' }),
};

parentPort.on('message', ({ text }) => {
  const answer = text in deeds ? deeds[text]() : { kind: 'rendered', rendered: { html: text.toUpperCase() } };
  if (answer) parentPort.postMessage(answer);
});
parentPort.postMessage({ kind: 'ready' });
