/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { runCommand } from '../harness/command';

jest.setTimeout(120_000);

const backups = 15;

let folder: string;
let writers: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blog-moment-'));
  const script = join(__dirname, '..', 'harness', 'chain-writer.cjs');
  writers = ['inside', 'outside'].map((who) =>
    spawn(process.execPath, [script, folder, who], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  await Promise.all(writers.flatMap(({ stdout }) => (stdout ? [once(stdout, 'data')] : [])));
});
afterEach(async () => {
  const ended = writers.map((writer) => once(writer, 'close'));
  for (const writer of writers) writer.kill('SIGKILL');
  await Promise.all(ended);
  await rm(folder, { recursive: true, force: true });
});

function numbersIn(backup: string, database: string, from: string): number[] {
  const db = new Sqlite(join(backup, database), { readonly: true });
  try {
    return db.prepare<[], number>(`SELECT number FROM ${from} ORDER BY number`).pluck().all();
  } finally {
    db.close();
  }
}

const eventsOf = (backup: string, who: string) => numbersIn(backup, 'event-bus.db', `events WHERE who = '${who}'`);
const cursorOf = (backup: string, who: string) =>
  numbersIn(backup, 'event-bus-delivery.db', `cursors WHERE who = '${who}'`)[0] ?? 0;

describe('The copies of a backup', () => {
  it('are of one moment: none knows more than those that it depends on', async () => {
    for (let number = 1; number <= backups; number += 1) {
      const backup = join(folder, 'backups', String(number));
      const { code, output } = await runCommand('backup.mjs', [backup], { DATA_DIR: folder });
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('4 files') });
      const state = numbersIn(backup, 'posts.db', 'state');
      const waiting = new Set(numbersIn(backup, 'posts.db', 'outbox'));
      const effects = numbersIn(backup, 'comments.db', 'effects');
      const events = new Set(eventsOf(backup, 'inside'));

      // No event is lost: it is in the log, or still in the outbox.
      expect(state.filter((one) => !waiting.has(one) && !events.has(one))).toEqual([]);
      // The log tells of nothing that its service doesn't know.
      expect(events.size).toBeLessThanOrEqual(state.length);
      // What counts as delivered is in the log and has had its effect.
      expect(effects.length).toBeGreaterThanOrEqual(cursorOf(backup, 'inside'));
      expect(events.size).toBeGreaterThanOrEqual(cursorOf(backup, 'inside'));
      expect(eventsOf(backup, 'outside').length).toBeGreaterThanOrEqual(cursorOf(backup, 'outside'));
      await rm(backup, { recursive: true });
    }
  });
});
