/**
 * npm run bench -- bus [--events N] [--only name,name]
 *
 * Event buses beside each other, in one run: one publisher process with 64 publishes in flight, events of 400 bytes
 * over 1,000 keys, one process with the receivers of four groups, and between them the bus. As the publisher never
 * pauses, latencies are those under full load: where publishing is faster than delivery, they show the backlog.
 *
 * Names: course, single, batch, batch-publish, classic, quorum, jetstream, ceilings.
 */
import { parseArgs } from 'node:util';
import type { Contestant } from './bus/contestant';
import { bareServer, courseBus, ourBus } from './bus/http-contestants';
import { jetstream } from './bus/jetstream';
import { measure, type Measurement } from './bus/measure';
import { rabbitmq } from './bus/rabbitmq';
import { measureSqlite } from './bus/sqlite-ceiling';

const contestants: readonly Contestant[] = [
  courseBus,
  ourBus('single', 'ours, single-event groups', { groupBatch: 1, publishBatch: 1 }),
  ourBus('batch', 'ours, batch groups', { groupBatch: 100, publishBatch: 1 }),
  ourBus('batch-publish', 'ours, batch publishes and groups', { groupBatch: 100, publishBatch: 100 }),
  rabbitmq('classic', 'yes, unless acked before'),
  rabbitmq('quorum', 'yes'),
  jetstream('no (every 2 minutes)'),
];
const ceilings = { id: 'ceilings', servers: [bareServer(1), bareServer(100)], commits: [1, 64, 100] };

/** Delivered events/s of one over another's: [ours, the other, at least]. */
const goals = [
  ['single', 'course', 5],
  ['batch', 'classic', 2],
  ['batch', 'quorum', 1],
  ['batch-publish', 'jetstream', 3],
] as const;

type Row = Record<string, string>;
type Result = { name: string } & ({ measured: Measurement } | { failure: string });

const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–');
const percent = (part = NaN): string => (Number.isFinite(part) ? `${Math.round(part * 100)}%` : '–');
const ms = (value = NaN): string => (Number.isFinite(value) ? value.toFixed(1) : '–');

function row({ name, fsynced }: Contestant, { receipts, ...measured }: Measurement): Row {
  const { publisher, contestant, receivers } = measured.cpu;
  return {
    bus: name,
    'published/s': whole(measured.publishedPerSecond),
    'delivered/s': whole(measured.deliveredPerSecond),
    'p50 ms': ms(receipts?.p50),
    'p99 ms': ms(receipts?.p99),
    'acked is fsynced': fsynced,
    'acked − received': receipts ? whole(receipts.lost) : '–',
    'loop p99 ms': ms(measured.loopDelayP99),
    events: whole(measured.events),
    'CPU publisher / bus / receivers': [publisher, contestant, receivers].map(percent).join(' / '),
  };
}

function optionsOf(args: string[]): { events: number | undefined; isWanted: (id: string) => boolean } {
  const { values } = parseArgs({ args, options: { events: { type: 'string' }, only: { type: 'string' } } });
  const events = values.events === undefined ? undefined : Number(values.events);
  if (events !== undefined && !(Number.isInteger(events) && events > 0)) throw new Error('--events takes a number');
  const known = [...contestants.map(({ id }) => id), ceilings.id];
  const only = values.only?.split(',');
  const unknown = only?.filter((id) => !known.includes(id)) ?? [];
  if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(', ')}, but ${known.join(', ')}`);
  return { events, isWanted: (id) => only?.includes(id) ?? true };
}

async function resultOf(contestant: Contestant, events: number | undefined, signal: AbortSignal): Promise<Result> {
  const { name } = contestant;
  try {
    console.error(`${name} …`);
    return { name, measured: await measure(contestant, { events, signal }) };
  } catch (error) {
    return { name, failure: error instanceof Error ? error.message || error.name : String(error) };
  }
}

function ceilingRows(): Row[] {
  return ceilings.commits.map((batch) => ({
    bus: `ceiling: better-sqlite3, ${batch} a commit`,
    'published/s': whole(measureSqlite(batch)),
    'acked is fsynced': 'yes',
  }));
}

function printNotes(results: ReadonlyMap<string, Result>): void {
  for (const { name, ...result } of results.values()) {
    if ('failure' in result) console.log(`${name}: NOT MEASURED: ${result.failure}`);
    else if (result.measured.fault !== undefined) {
      console.log(`${name}: ${result.measured.refused} publishes refused: ${result.measured.fault}`);
    }
  }
}

function printGoals(results: ReadonlyMap<string, Result>): void {
  for (const [ours, other, least] of goals) {
    const [a, b] = [results.get(ours), results.get(other)];
    if (!a || !b) continue;
    const what = `${a.name} ÷ ${b.name}`;
    if (!('measured' in a && 'measured' in b)) console.log(`${what}: not measured (goal: at least ${least})`);
    else {
      const ratio = a.measured.deliveredPerSecond / b.measured.deliveredPerSecond;
      const verdict = ratio >= least ? 'reached' : 'MISSED';
      console.log(`${what}, delivered/s: ${ratio.toFixed(2)} (goal: at least ${least}; ${verdict})`);
    }
  }
}

async function main(): Promise<void> {
  const { events, isWanted } = optionsOf(process.argv.slice(2));
  const interruption = new AbortController();
  // What runs is measured no further, but still ended and cleaned up.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const { signal } = interruption;

  const rows: Row[] = [];
  const results = new Map<string, Result>();
  const chosen = [...contestants, ...ceilings.servers].filter(({ id }) => isWanted(id));
  for (const contestant of chosen) {
    if (signal.aborted) break;
    const result = await resultOf(contestant, events, signal);
    results.set(contestant.id === ceilings.id ? contestant.name : contestant.id, result);
    if ('measured' in result) rows.push(row(contestant, result.measured));
    else rows.push({ bus: contestant.name, 'published/s': 'not measured' });
  }
  if (isWanted(ceilings.id) && !signal.aborted) rows.push(...ceilingRows());
  console.table(rows);
  printNotes(results);
  printGoals(results);
  if (signal.aborted) process.exitCode = 1;
}

void main();
