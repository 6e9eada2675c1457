import { setTimeout as delay } from 'node:timers/promises';
import { withQuery } from './client.mjs';
import { parseWithNumbers } from './exact-numbers.mjs';
import { table } from './table.mjs';
import { verify } from './verify.mjs';

const pollMs = 300;

function onlyName(names, what) {
  if (names.length !== 1) throw new Error(`Name one ${what}.`);
  return encodeURIComponent(names[0]);
}

async function groups({ bus }) {
  const { json } = await bus.get('/subscriptions');
  if (json.length === 0) return console.log('No groups. (PUT /subscriptions/<name> makes one)');
  const rows = json.map(({ group, state, cursor, lag, inFlight, parked, reason }) => [
    ...[group, state, cursor, `${lag.events} (${lag.seconds.toFixed(1)} s)`, inFlight, parked.keys, reason ?? ''],
  ]);
  console.log(table([['GROUP', 'STATE', 'CURSOR', 'LAG', 'IN FLIGHT', 'PARKED KEYS', 'WHY'], ...rows]).join('\n'));
}

async function pauseOrResume(action, { bus, names }) {
  const { json } = await bus.post(`/subscriptions/${onlyName(names, 'group')}/${action}`);
  console.log(`${json.group}: ${json.state}`);
}

async function deadLetters({ bus, options }) {
  const { group, reason, key, state } = options;
  const rows = [];
  for await (const letter of bus.all(withQuery('/dead-letters', { group, reason, key, state }))) {
    rows.push([letter.id, letter.state, letter.type, letter.key, letter.attempts, letter.deadAt, letter.reason]);
  }
  if (rows.length === 0) return console.log('No dead letters.');
  console.log(table([['ID', 'STATE', 'TYPE', 'KEY', 'ATTEMPTS', 'GIVEN UP', 'WHY'], ...rows]).join('\n'));
}

async function redeliver({ bus, names, options, signal }) {
  const { group, reason, key, all } = options;
  const which = names.length > 0 ? { ids: names } : all ? { all } : { group, reason, key };
  let { json: job } = await bus.post('/dead-letters/redeliver', which);
  if (job.total === 0) return console.log('Nothing to deliver again: no dead letter fits, or all are queued already.');
  for (let shown = ''; ;) {
    const { delivered, failed, forgotten, waiting, total } = job;
    const line = `${delivered} of ${total} delivered, ${failed} given up again, ${forgotten} discarded, ${waiting} waiting`;
    if (line !== shown) console.log(line);
    shown = line;
    if (waiting === 0 || signal.aborted) return;
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
    ({ json: job } = await bus.get(`/dead-letters/redeliveries/${job.id}`));
  }
}

async function replay({ bus, names, options }) {
  const { from, key } = options;
  const sequence = /^\d+$/.test(from ?? '') ? Number(from) : from;
  const path = `/subscriptions/${onlyName(names, 'group')}/replay`;
  const { json } = await bus.post(options['dry-run'] ? `${path}?dryRun=true` : path, { from: sequence, key });
  const verb = json.dryRun ? 'would be delivered' : 'are delivered';
  console.log(`${json.events} events ${verb} to ${json.group} again, from event ${json.from} on.`);
}

async function skip({ bus, names: [group, sequence, ...rest] }) {
  if (sequence === undefined || rest.length > 0) throw new Error('Name a group and the sequence of an event.');
  const path = `/subscriptions/${encodeURIComponent(group)}/skip`;
  const { json } = await bus.post(path, { sequence: Number(sequence) });
  console.log(`Event ${json.sequence} is the dead letter ${json.deadLetter} now. Its key goes on.`);
}

async function haltOrRelease(action, { bus, names: [group, key, ...rest] }) {
  if (key === undefined || rest.length > 0) throw new Error('Name a group and a key.');
  await bus.post(`/subscriptions/${encodeURIComponent(group)}/${action}`, { key });
  const what = action === 'halt' ? 'is halted until it is released.' : 'goes on.';
  console.log(`${group}: the key ${key} ${what}`);
}

async function headOf(bus) {
  return (await bus.get('/healthz')).json.head;
}

async function tail({ bus, options, signal }) {
  const { type, key, from } = options;
  let after = from === undefined ? await headOf(bus) : Number(from) - 1;
  while (!signal.aborted) {
    const head = await headOf(bus);
    for await (const { text, json } of bus.pages(withQuery('/events', { after, type, key }))) {
      const exact = parseWithNumbers(text);
      for (const [place, event] of json.entries()) {
        const data = exact.write(exact.value[place].data);
        console.log(`${event.sequence}  ${event.time}  ${event.type}  ${event.partitionkey}  ${data}`);
        after = event.sequence;
      }
    }
    after = Math.max(after, head);
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** By name; each takes `{ bus, names, options, signal }`. */
export const commands = {
  groups,
  pause: (given) => pauseOrResume('pause', given),
  resume: (given) => pauseOrResume('resume', given),
  'dead-letters': deadLetters,
  redeliver,
  replay,
  skip,
  halt: (given) => haltOrRelease('halt', given),
  release: (given) => haltOrRelease('release', given),
  tail,
  verify,
};
