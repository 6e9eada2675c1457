import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { readEvents } from '../../src/envelope';
import type { StoredEvent } from '../../src/log/event-log';
import { openSqliteEventLog } from '../../src/log/sqlite-event-log';
import { readAll } from '../event-log.contract';

export const types = ['PostCreated', 'CommentCreated', 'CommentUpdated'];
export const keyCount = 50;

/** A log as it lies on the disk, and what is in it. */
export interface StoredLog {
  folder: string;
  events: readonly StoredEvent[];
  /** The pages of each table and index, by its name. */
  pages: ReadonlyMap<string, readonly number[]>;
  /** Copies its files into another folder. */
  copyTo(folder: string): void;
}

export const logFile = (folder: string): string => join(folder, 'event-bus.db');

/** A published event, whole; every 40th is too large for one page. */
export function publishedEvent(n: number, id = `event-${n}`) {
  const data = { postId: `post-${n % keyCount}`, text: 'x'.repeat(n % 40 === 0 ? 6_000 : n % 300) };
  const cause = n % 5 === 0 ? { causationid: `event-${n - 1}` } : {};
  const body = {
    specversion: '1.0',
    id,
    source: '/test',
    type: types[n % 3],
    time: '2026-01-01T00:00:00Z',
    data,
    ...cause,
  };
  const completion = { newId: () => id, now: () => new Date(0) };
  return readEvents({ body, text: JSON.stringify(body), areCloudEvents: true }, completion);
}

const eventsAtOnce = 250;

function pagesOf(folder: string): Map<string, number[]> {
  const db = new Sqlite(logFile(folder), { readonly: true });
  const rows = db.prepare<[], { name: string; pageno: number }>('SELECT name, pageno FROM dbstat').all();
  db.close();
  const pages = new Map<string, number[]>();
  for (const { name, pageno } of rows) pages.set(name, [...(pages.get(name) ?? []), pageno]);
  return pages;
}

/**
 * Stores so many events in a folder.
 * @param killed its files are taken as they are while it is open: the newest events are in the write-ahead log
 */
export async function storeLog(folder: string, count: number, killed: string | undefined): Promise<StoredLog> {
  const onFatal = (error: unknown): void => {
    throw error;
  };
  const log = await openSqliteEventLog({ file: logFile(folder), wallTime: Date.now, onFatal });
  for (let n = 1; n <= count; n += eventsAtOnce) {
    await log.append(
      Array.from({ length: Math.min(eventsAtOnce, count - n + 1) }, (_, at) => publishedEvent(n + at)).flat(),
    );
  }
  const events = await readAll(log);
  if (killed !== undefined) copyLog(folder, killed);
  await log.close();
  const at = killed ?? folder;
  return { folder: at, events, pages: pagesOf(folder), copyTo: (other) => copyLog(at, other) };
}

function copyLog(from: string, to: string): void {
  for (const part of ['', '-wal']) {
    if (existsSync(`${logFile(from)}${part}`)) copyFileSync(`${logFile(from)}${part}`, `${logFile(to)}${part}`);
  }
}
