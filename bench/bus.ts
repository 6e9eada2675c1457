/**
 * npm run bench -- bus [--rounds N] [--events N] [--only name,name]
 *
 * Event buses beside each other, in one run: one publisher process with 64 publishes in flight, events of 400 bytes
 * over 1,000 keys, one process with the receivers of four groups, and between them the bus. All take turns, in several
 * rounds (default 3), as no machine is equally quiet all the time; the table shows each one's median round.
 *
 * The publisher never pauses, so the latencies are those under full load: where publishing is faster than delivery,
 * they show the backlog. What the publisher itself can do at most are the lines of the bare http server.
 *
 * "bus µs/event" is the processor time of all its threads: on a busy machine the figure to compare, as rates depend on
 * who else wants the processor. BUS_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=<folder>" profiles our bus, one file for
 * each thread: "main" takes requests and delivers, the other one writes the log.
 *
 * Names: course, single, batch, batch-publish, classic, quorum, jetstream, ceilings.
 */
import { parseArgs } from 'node:util';
import type { Contestant } from './bus/contestant';
import { bareServer, courseBus, ourBus } from './bus/http-contestants';
import { jetstream } from './bus/jetstream';
import { measure, type Measurement } from './bus/measure';
import { rabbitmq } from './bus/rabbitmq';
import { ceilingRow, type Failure, type Goal, goalLine, notesOn, type Results, rowOf } from './bus/report';
import { measureSqlite } from './bus/sqlite-ceiling';

const contestants: readonly Contestant[] = [
  courseBus,
  ourBus('single', 'ours, single-event groups', { groupBatch: 1, publishBatch: 1 }),
  ourBus('batch', 'ours, batch groups', { groupBatch: 100, publishBatch: 1 }),
  ourBus('batch-publish', 'ours, batch publishes and groups', { groupBatch: 100, publishBatch: 100 }),
  rabbitmq('classic', 'yes, unless received before'),
  rabbitmq('quorum', 'yes'),
  jetstream('no (every 2 minutes)'),
];
const ceilings = { id: 'ceilings', servers: [bareServer(1), bareServer(100)], commits: [1, 64, 100] };

const goals: readonly Goal[] = [
  { ours: 'single', other: 'course', atLeast: 5 },
  { ours: 'batch', other: 'classic', atLeast: 2 },
  { ours: 'batch', other: 'quorum', atLeast: 1 },
  { ours: 'batch-publish', other: 'jetstream', atLeast: 3 },
];

interface Options {
  rounds: number;
  events: number | undefined;
  isWanted: (contestant: { id: string }) => boolean;
}

function optionsOf(args: string[]): Options {
  const type = 'string' as const;
  const { values } = parseArgs({ args, options: { rounds: { type }, events: { type }, only: { type } } });
  const numberOf = (name: 'rounds' | 'events'): number | undefined => {
    if (values[name] === undefined) return undefined;
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number`);
    return value;
  };
  const known = [...contestants.map(({ id }) => id), ceilings.id];
  const only = values.only?.split(',') ?? known;
  const unknown = only.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(', ')}, but ${known.join(', ')}`);
  return { rounds: numberOf('rounds') ?? 3, events: numberOf('events'), isWanted: ({ id }) => only.includes(id) };
}

async function tryToMeasure(
  contestant: Contestant,
  options: Parameters<typeof measure>[1],
): Promise<Measurement | Failure> {
  try {
    return await measure(contestant, options);
  } catch (error) {
    return { failure: error instanceof Error ? error.message || error.name : String(error) };
  }
}

/** All of them, in turns. */
async function measureAll(
  chosen: readonly Contestant[],
  { rounds, events, signal }: { rounds: number; events: number | undefined; signal: AbortSignal },
): Promise<Results[]> {
  const results = chosen.map((contestant) => ({ contestant, rounds: [] as (Measurement | Failure)[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contestant, rounds: measured } of results) {
      if (signal.aborted) continue;
      console.error(`round ${round} of ${rounds}: ${contestant.name}`);
      measured.push(await tryToMeasure(contestant, { events, signal }));
    }
  }
  return results;
}

function print(results: readonly Results[], sqlite: readonly (readonly [string, number])[]): void {
  console.table([...results.map(rowOf), ...sqlite.map(([name, rate]) => ceilingRow(name, rate))]);
  for (const result of results) notesOn(result).forEach((note) => console.log(note));
  const of = (id: string): Results | undefined => results.find(({ contestant }) => contestant.id === id);
  for (const goal of goals) {
    const [ours, other] = [of(goal.ours), of(goal.other)];
    if (ours && other) console.log(goalLine(goal, ours, other));
  }
}

async function main(): Promise<void> {
  const { rounds, events, isWanted } = optionsOf(process.argv.slice(2));
  const interruption = new AbortController();
  // What runs is measured no further, but still ended and cleaned up.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  const { signal } = interruption;

  const results = await measureAll(contestants.filter(isWanted), { rounds, events, signal });
  const servers = await measureAll(ceilings.servers.filter(isWanted), { rounds: 1, events, signal });
  const commits = isWanted(ceilings) && !signal.aborted ? ceilings.commits : [];
  const sqlite = commits.map((batch) => [`ceiling: better-sqlite3, ${batch} a commit`, measureSqlite(batch)] as const);
  print([...results, ...servers], sqlite);
  if (signal.aborted) process.exitCode = 1;
}

void main();
