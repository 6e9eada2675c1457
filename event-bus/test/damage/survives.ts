import { DamagedRecord, type EventLog, type LogFailed, type LogRange, type StoredEvent } from '../../src/log/event-log';
import { openSqliteEventLog } from '../../src/log/sqlite-event-log';
import { keyCount, logFile, publishedEvent, types } from './stored-log';

/** How damage came to light. */
export type Found = 'at start' | 'by a publisher' | 'by a reader' | 'harmless';

interface Reading {
  events: StoredEvent[];
  named: Set<number>;
}

/** Reads to the end as somebody who sets each damaged record aside. */
async function readOver(log: EventLog, filter: Pick<LogRange, 'types' | 'key'>): Promise<Reading> {
  const reading: Reading = { events: [], named: new Set() };
  for (let after = 0; after < log.head();) {
    try {
      const page = await log.read({ after, limit: 700, maxSize: 400_000, ...filter });
      if (page.upTo <= after) throw new Error(`a page after ${after} goes no further`);
      reading.events.push(...page.events);
      after = page.upTo;
    } catch (error) {
      if (!(error instanceof DamagedRecord) || error.sequence === undefined) throw error;
      if (error.sequence <= after)
        throw new Error(`damage at ${error.sequence} was named after ${after}`, { cause: error });
      reading.named.add(error.sequence);
      after = error.sequence;
    }
  }
  return reading;
}

function faultsOf({ events, named }: Reading, expected: readonly StoredEvent[], what: string): string[] {
  const got = new Map(events.map((event) => [event.sequence, event]));
  const faults = expected.flatMap((event) => {
    const { sequence } = event;
    const one = got.get(sequence);
    if (!one) return named.has(sequence) ? [] : [`${what}: event ${sequence} was passed over without a word`];
    const isSame = one.text === event.text && one.id === event.id && one.type === event.type && one.key === event.key;
    return isSame ? [] : [`${what}: event ${sequence} was changed`];
  });
  const wanted = new Set(expected.map(({ sequence }) => sequence));
  const others = events.filter(({ sequence }) => !wanted.has(sequence));
  if (others.length > 0) faults.push(`${what}: event ${others[0]?.sequence} is none of these`);
  const isInOrder = events.every(({ sequence }, at) => at === 0 || sequence > (events[at - 1]?.sequence ?? 0));
  if (!isInOrder || got.size < events.length) faults.push(`${what}: events came twice or out of order`);
  if (named.size > 400) faults.push(`${what}: ${named.size} events were taken for damaged`);
  return faults;
}

async function readEveryWay(log: EventLog, stored: readonly StoredEvent[], chosen: number) {
  const key = `post-${chosen % keyCount}`;
  const type = types[chosen % types.length] ?? '';
  const faults: string[] = [];
  const named = new Set<number>();
  for (const filter of [
    {},
    { types: [type] },
    { key },
    { key: 'post-none' },
    { key: `post-${(chosen + 7) % keyCount}`, types: [type] },
  ]) {
    const fits = (event: StoredEvent): boolean =>
      (filter.types?.includes(event.type) ?? true) && (filter.key === undefined || filter.key === event.key);
    const reading = await readOver(log, filter);
    faults.push(...faultsOf(reading, stored.filter(fits), JSON.stringify(filter)));
    reading.named.forEach((sequence) => named.add(sequence));
  }
  return { faults, named };
}

async function open(folder: string, fatal: LogFailed[]): Promise<EventLog> {
  const onFatal = (error: LogFailed): void => void fatal.push(error);
  return openSqliteEventLog({ file: logFile(folder), wallTime: Date.now, onFatal });
}

/** Opens a damaged log, publishes to it and reads it in every way; twice, as after a restart. */
export async function survive(folder: string, stored: readonly StoredEvent[], chosen: number) {
  const fatal: LogFailed[] = [];
  const head = stored.length;
  const faults: string[] = [];
  let log = await open(folder, fatal);
  const atStart = log.damageFound().length;

  const [added] = await log.append(publishedEvent(chosen, 'new'));
  if (added?.sequence !== head + 1) faults.push(`a new event got the number ${added?.sequence}`);
  const again = stored[chosen % head];
  try {
    const [known] = again ? await log.append(publishedEvent(again.sequence)) : [];
    if (known?.sequence !== again?.sequence && known?.sequence !== head + 2) {
      faults.push(`event ${again?.sequence} is known as ${known?.sequence}`);
    }
  } catch (error) {
    if (!(error instanceof DamagedRecord) || error.sequence !== again?.sequence) throw error;
  }
  const byPublisher = log.damageFound().length - atStart;
  const [last] = (await log.read({ after: head, limit: 1 })).events;
  if (last?.id !== 'new') faults.push('the new event can not be read');
  const news = (await log.read({ after: head, limit: 9 })).events;

  const first = await readEveryWay(log, [...stored, ...news], chosen);
  const byReader = first.named.size + log.damageFound().length - atStart - byPublisher;
  await log.close();
  log = await open(folder, fatal);
  const second = await readEveryWay(log, [...stored, ...news], chosen);
  await log.close();
  if (fatal.length > 0) faults.push(`the log failed: ${String(fatal[0]?.cause)}`);
  const found: Found = atStart ? 'at start' : byPublisher ? 'by a publisher' : byReader ? 'by a reader' : 'harmless';
  return { found, faults: [...faults, ...first.faults, ...second.faults.map((fault) => `after a restart, ${fault}`)] };
}
