import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { root } from '../../infra/laptop/processes.cjs';
import { eventText } from './event';

const warmUpMs = 300;
const runMs = 1_500;

/** Events a second that better-sqlite3 alone commits, each commit of `batch` events fsynced. */
export function measureSqlite(batch: number): number {
  mkdirSync(join(root, 'data'), { recursive: true });
  const folder = mkdtempSync(join(root, 'data', 'bench-sqlite-'));
  try {
    const db = new Sqlite(join(folder, 'log.db'));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec('CREATE TABLE events (sequence INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
    const insert = db.prepare('INSERT INTO events (text) VALUES (?)');
    let n = 0;
    const commit = db.transaction(() => {
      for (let count = 0; count < batch; count += 1) insert.run(eventText((n += 1), 0));
    });
    const commitFor = (ms: number): number => {
      const [started, before] = [performance.now(), n];
      while (performance.now() - started < ms) commit.immediate();
      return ((n - before) / (performance.now() - started)) * 1_000;
    };
    commitFor(warmUpMs);
    const rate = commitFor(runMs);
    db.close();
    return rate;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
