import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 200;
const over = new Set(['done', 'passed', 'not-subscribed']);

/** What of an erasure isn't done yet, in words: at the bus, and in each group that has a copy. */
async function pendingOf(bus, eventId) {
  const { json: erasures } = await bus.get(`/erasures?event=${encodeURIComponent(eventId)}`);
  const [erasure] = erasures;
  if (!erasure) return { pending: [`${eventId} has not reached the bus yet`], damaged: [] };
  const atBus = erasure.doneAt === null ? [`the log still holds bytes of ${erasure.erases}`] : [];
  const { json: event } = await bus.get(`/events/${encodeURIComponent(eventId)}`);
  const atGroups = event.groups
    .filter(({ state }) => !over.has(state))
    .map(({ group, state }) => `${group} has not erased ${erasure.erases} (${state})`);
  return { pending: [...atBus, ...atGroups], damaged: erasure.damaged };
}

/**
 * Waits until all erasures that these events carry are done, everywhere. Gives what is pending when nothing has changed for so many
 * seconds, and the sequences of damaged records of which nobody can tell what they say.
 */
export async function waitForAll(bus, eventIds, seconds) {
  let waiting = [...eventIds];
  const damaged = new Set();
  for (let since = Date.now(); ;) {
    const left = [];
    const pending = [];
    for (const id of waiting) {
      const found = await pendingOf(bus, id);
      found.damaged.forEach((sequence) => damaged.add(sequence));
      if (found.pending.length > 0) left.push(id);
      pending.push(...found.pending);
    }
    if (left.length < waiting.length) since = Date.now();
    waiting = left;
    if (waiting.length === 0 || Date.now() - since > seconds * 1000) return { pending, damaged: [...damaged] };
    await delay(pollMs);
  }
}
