import type { Database } from 'better-sqlite3';
import { openSqlite } from '../sqlite';
import type { DeliveryState, SavedGroup } from './delivery-state';
import type { DeadLetter, ParkedLane } from './lane';
import { Subscription } from './subscription';

const migrations = [
  `CREATE TABLE log (identity TEXT NOT NULL, head INTEGER NOT NULL) STRICT;
   CREATE TABLE groups (
     name TEXT PRIMARY KEY,
     subscription TEXT NOT NULL,
     cursor INTEGER NOT NULL,
     paused_because TEXT,
     configured TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE lanes (
     name TEXT NOT NULL REFERENCES groups ON DELETE CASCADE,
     key TEXT NOT NULL,
     phase TEXT NOT NULL,
     head INTEGER NOT NULL,
     attempts INTEGER NOT NULL,
     faults INTEGER NOT NULL,
     reason TEXT NOT NULL,
     parked_at INTEGER NOT NULL,
     retry_at INTEGER NOT NULL,
     PRIMARY KEY (name, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE dead_letters (
     name TEXT NOT NULL REFERENCES groups ON DELETE CASCADE,
     sequence INTEGER NOT NULL,
     event_id TEXT NOT NULL,
     type TEXT NOT NULL,
     key TEXT NOT NULL,
     reason TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     first_failed_at INTEGER NOT NULL,
     dead_at INTEGER NOT NULL,
     PRIMARY KEY (name, sequence)
   ) STRICT, WITHOUT ROWID;`,
];

interface GroupRow {
  name: string;
  subscription: string;
  cursor: number;
  pausedBecause: string | null;
  configured: string | null;
}

function groupOf({ name, subscription, cursor, pausedBecause, configured }: GroupRow): SavedGroup {
  return {
    name,
    subscription: Subscription.parse(JSON.parse(subscription)),
    cursor,
    pausedBecause: pausedBecause ?? undefined,
    configured: configured ?? undefined,
  };
}

function createAttach(db: Database): DeliveryState['attach'] {
  const attach = db.transaction(({ identity, head }: { identity: string; head: number }) => {
    const known = db.prepare<[], { identity: string }>('SELECT identity FROM log').get();
    if (!known) {
      db.prepare('INSERT INTO log (identity, head) VALUES (?, ?)').run(identity, head);
      return 'same log' as const;
    }
    if (known.identity !== identity) {
      // Its events have other numbers: whatever was noted by number means nothing now.
      db.exec('DELETE FROM lanes; DELETE FROM dead_letters; UPDATE groups SET cursor = 0');
      db.prepare('UPDATE log SET identity = ?, head = ?').run(identity, head);
      return 'other log' as const;
    }
    const ahead = db.prepare<[number], number>('SELECT count(*) FROM groups WHERE cursor > ?').pluck().get(head);
    if (!ahead) return 'same log' as const;
    db.prepare('UPDATE groups SET cursor = ? WHERE cursor > ?').run(head, head);
    db.prepare('DELETE FROM lanes WHERE head > ?').run(head);
    db.prepare('DELETE FROM dead_letters WHERE sequence > ?').run(head);
    return 'shorter log' as const;
  });
  return async (log) => attach.immediate(log);
}

function createGroups(db: Database) {
  const all = db.prepare<[], GroupRow>(
    'SELECT name, subscription, cursor, paused_because AS pausedBecause, configured FROM groups ORDER BY name',
  );
  const save = db.prepare(
    `INSERT INTO groups (name, subscription, cursor, configured) VALUES ($name, $subscription, $cursor, $configured)
     ON CONFLICT (name) DO UPDATE
       SET subscription = excluded.subscription, configured = excluded.configured, paused_because = NULL`,
  );
  const remove = db.prepare('DELETE FROM groups WHERE name = ?');
  const pause = db.prepare('UPDATE groups SET paused_because = ? WHERE name = ?');
  const move = db.prepare('UPDATE groups SET cursor = ? WHERE name = ?');
  return {
    groups: async () => all.all().map(groupOf),
    async saveGroup({ name, subscription, cursor, configured }) {
      save.run({ name, subscription: JSON.stringify(subscription), cursor, configured: configured ?? null });
    },
    removeGroup: async (name) => void remove.run(name),
    pauseGroup: async (name, because) => void pause.run(because, name),
    moveCursor: async (name, cursor) => void move.run(cursor, name),
  } satisfies Partial<DeliveryState>;
}

function createLaneTransitions(db: Database) {
  const save = db.prepare(
    `INSERT INTO lanes (name, key, phase, head, attempts, faults, reason, parked_at, retry_at)
     VALUES ($name, $key, $phase, $head, $attempts, $faults, $reason, $parkedAt, $retryAt)
     ON CONFLICT (name, key) DO UPDATE
       SET phase = excluded.phase, head = excluded.head, attempts = excluded.attempts, faults = excluded.faults,
           reason = excluded.reason, parked_at = excluded.parked_at, retry_at = excluded.retry_at`,
  );
  const remove = db.prepare('DELETE FROM lanes WHERE name = ? AND key = ?');
  const all = db.prepare<[string], ParkedLane>(
    `SELECT key, phase, head, attempts, faults, reason, parked_at AS parkedAt, retry_at AS retryAt
     FROM lanes WHERE name = ? ORDER BY key`,
  );
  const letter = db.prepare(
    `INSERT INTO dead_letters (name, sequence, event_id, type, key, reason, attempts, first_failed_at, dead_at)
     VALUES ($name, $sequence, $eventId, $type, $key, $reason, $attempts, $firstFailedAt, $deadAt)
     ON CONFLICT (name, sequence) DO UPDATE
       SET reason = excluded.reason, attempts = excluded.attempts, dead_at = excluded.dead_at`,
  );
  const letters = db.prepare<[string, number, number], DeadLetter>(
    `SELECT sequence, event_id AS eventId, type, key, reason, attempts, first_failed_at AS firstFailedAt, dead_at AS deadAt
     FROM dead_letters WHERE name = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  );
  const count = db.prepare<[string], number>('SELECT count(*) FROM dead_letters WHERE name = ?').pluck();

  const saveLane = (name: string, lane: ParkedLane): void => void save.run(inWholeMs({ name, ...lane }));
  const giveUp = db.transaction((name: string, dead: DeadLetter, lane: ParkedLane) => {
    letter.run(inWholeMs({ name, ...dead }));
    saveLane(name, lane);
  });

  return {
    saveLane: async (name, lane) => saveLane(name, lane),
    removeLane: async (name, key) => void remove.run(name, key),
    lanes: async (name) => all.all(name),
    giveUp: async (name, dead, lane) => giveUp.immediate(name, dead, lane),
    deadLetters: async (name, { after, limit }) => letters.all(name, after, limit),
    countDeadLetters: async (name) => count.get(name) ?? 0,
  } satisfies Partial<DeliveryState>;
}

function inWholeMs<T extends Record<string, string | number>>(row: T): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'number' ? Math.round(value) : value]),
  );
}

/**
 * The state of the delivery in one SQLite file, apart from the log's. It runs at `synchronous=NORMAL`: when the
 * machine fails, the last moments of progress may be lost, the later ones first, and that only repeats events.
 * Were it in the log's file, each cursor would cost an fsync.
 */
export function openSqliteDeliveryState({ file }: { file: string }): DeliveryState {
  const db = openSqlite({ file, synchronous: 'NORMAL', migrations });
  db.pragma('foreign_keys = ON');
  return {
    attach: createAttach(db),
    ...createGroups(db),
    ...createLaneTransitions(db),
    close: async () => void db.close(),
  };
}
