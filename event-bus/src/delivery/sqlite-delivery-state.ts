import type { Database } from '@blog/kit/sqlite';
import { openSqlite } from '../sqlite';
import type { DeliveryState, NewGroup, SavedGroup } from './delivery-state';
import type { DeadLetter, ParkedLane } from './lane';
import { createDeadLetterState, createLetterChanges, deadLetterMigration } from './sqlite-dead-letters';
import { pruningMigration } from './sqlite-pruning';
import { createRemovedGroups, removedGroupsMigration } from './sqlite-removed-groups';
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
  deadLetterMigration,
  `ALTER TABLE lanes ADD COLUMN errors INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE lanes ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE lanes ADD COLUMN suspicion INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE lanes ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE dead_letters ADD COLUMN detail TEXT;`,
  'ALTER TABLE dead_letters ADD COLUMN remains TEXT',
  `ALTER TABLE groups ADD COLUMN first_cursor INTEGER NOT NULL DEFAULT 0;
   ${removedGroupsMigration}
   ${pruningMigration}`,
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
      db.exec(
        'DELETE FROM lanes; DELETE FROM dead_letters; DELETE FROM redelivery_jobs; UPDATE groups SET cursor = 0, first_cursor = 0',
      );
      db.prepare('UPDATE log SET identity = ?, head = ?').run(identity, head);
      return 'other log' as const;
    }
    // One that has not begun yet may stand beyond the head: it waits for the event that it begins with.
    const isAhead = 'cursor > ? AND cursor > first_cursor';
    const ahead = db.prepare<[number], number>(`SELECT count(*) FROM groups WHERE ${isAhead}`).pluck().get(head);
    if (!ahead) return 'same log' as const;
    db.prepare(`UPDATE groups SET cursor = max(?, first_cursor) WHERE ${isAhead}`).run(head, head);
    db.prepare('DELETE FROM lanes WHERE head > ?').run(head);
    db.prepare('DELETE FROM dead_letters WHERE sequence > ?').run(head);
    db.exec('DELETE FROM redelivery_jobs');
    return 'shorter log' as const;
  });
  return async (log) => attach.immediate(log);
}

/** One transaction, which begins with the write lock: a transition is whole or not there. */
function transition<T extends unknown[]>(db: Database, change: (...given: T) => void): (...given: T) => Promise<void> {
  const run = db.transaction(change);
  return async (...given) => run.immediate(...given);
}

function createGroups(db: Database) {
  const all = db.prepare<[], GroupRow>(
    'SELECT name, subscription, cursor, paused_because AS pausedBecause, configured FROM groups ORDER BY name',
  );
  const save = db.prepare(
    `INSERT INTO groups (name, subscription, cursor, first_cursor, configured)
     VALUES ($name, $subscription, $cursor, iif($beginsBeyondEnd, $cursor, 0), $configured)
     ON CONFLICT (name) DO UPDATE
       SET subscription = excluded.subscription, configured = excluded.configured, paused_because = NULL`,
  );
  const remove = db.prepare('DELETE FROM groups WHERE name = ?');
  const pause = db.prepare<[string | null, string]>('UPDATE groups SET paused_because = ? WHERE name = ?');
  const move = db.prepare('UPDATE groups SET cursor = ? WHERE name = ?');
  const removed = createRemovedGroups(db);
  const letters = createLetterChanges(db);
  return {
    groups: async () => all.all().map(groupOf),
    saveGroup: transition(db, ({ subscription, configured, beginsBeyondEnd, ...rest }: NewGroup) => {
      const texts = { subscription: JSON.stringify(subscription), configured: configured ?? null };
      save.run({ ...rest, ...texts, beginsBeyondEnd: Number(beginsBeyondEnd ?? false) });
      removed.forget(rest.name);
    }),
    removeGroup: transition(db, (name: string) => {
      removed.remember(name);
      letters.groupEnds(name);
      remove.run(name);
    }),
    removedGroups: async () => removed.all(),
    forgetRemoved: async (name) => removed.forget(name),
    pauseGroup: async (name, because) => void pause.run(because, name),
    resumeGroup: async (name) => void pause.run(null, name),
    moveCursor: async (name, cursor) => void move.run(cursor, name),
  } satisfies Partial<DeliveryState>;
}

function createLaneTransitions(db: Database) {
  const save = db.prepare(
    `INSERT OR REPLACE INTO lanes
       (name, key, phase, head, attempts, faults, errors, deaths, suspicion, reason, parked_at, retry_at, asked)
     VALUES ($name, $key, $phase, $head, $attempts, $faults, $errors, $deaths, $suspicion, $reason, $parkedAt,
       $retryAt, $asked)`,
  );
  const remove = db.prepare('DELETE FROM lanes WHERE name = ? AND key = ?');
  const all = db.prepare<[string], Omit<ParkedLane, 'asked'> & { asked: number }>(
    `SELECT key, phase, head, attempts, faults, errors, deaths, suspicion, reason,
       parked_at AS parkedAt, retry_at AS retryAt, asked
     FROM lanes WHERE name = ? ORDER BY key`,
  );
  const letters = createLetterChanges(db);
  const rewind = db.prepare<{ cursor: number; name: string }>(
    'UPDATE groups SET cursor = $cursor, first_cursor = min(first_cursor, $cursor) WHERE name = $name',
  );
  const removeAfter = db.prepare<[string, number]>(
    "DELETE FROM lanes WHERE name = ? AND head > ? + 1 AND phase <> 'held'",
  );
  const setBack = db.prepare<[number, string]>(
    "UPDATE lanes SET head = min(head, ? + 1) WHERE name = ? AND phase = 'held'",
  );
  const move = db.prepare<[number, string]>('UPDATE groups SET cursor = ? WHERE name = ?');
  const removeUpTo = db.prepare<[string, number]>("DELETE FROM lanes WHERE name = ? AND head <= ? AND phase <> 'held'");
  const setForward = db.prepare<[number, string, number]>(
    `UPDATE lanes SET head = ? + 1, attempts = 0, faults = 0, errors = 0, deaths = 0, suspicion = 0
     WHERE name = ? AND head <= ?`,
  );

  function saveLane(name: string, { redelivering: _, ...lane }: ParkedLane): void {
    const times = { parkedAt: Math.round(lane.parkedAt), retryAt: Math.round(lane.retryAt) };
    save.run({ name, ...lane, ...times, asked: Number(lane.asked) });
  }

  return {
    saveLane: async (name, lane) => saveLane(name, lane),
    removeLane: async (name, key) => void remove.run(name, key),
    lanes: async (name) => all.all(name).map((lane) => ({ ...lane, asked: lane.asked === 1 })),
    giveUp: transition(db, (name: string, letter: DeadLetter, lane: ParkedLane) => {
      letters.giveUp(name, letter);
      saveLane(name, lane);
    }),
    redelivered: transition(db, (name: string, sequence: number, lane: ParkedLane) => {
      letters.redelivered(name, sequence, lane.retryAt);
      saveLane(name, lane);
    }),
    setAside: transition(db, (name: string, letter: DeadLetter, remains: string | null) =>
      letters.setAside(name, letter, remains),
    ),
    discard: transition(db, (name: string, sequence: number, lane: ParkedLane | undefined) => {
      letters.forget(name, sequence);
      if (lane) saveLane(name, lane);
    }),
    rewindGroup: transition(db, (name: string, cursor: number) => {
      rewind.run({ name, cursor });
      letters.forgetFrom(name, cursor + 1);
      removeAfter.run(name, cursor);
      setBack.run(cursor, name);
    }),
    forwardGroup: transition(db, (name: string, cursor: number) => {
      move.run(cursor, name);
      letters.forgetUpTo(name, cursor);
      removeUpTo.run(name, cursor);
      setForward.run(cursor, name, cursor);
    }),
    rewindLane: transition(db, (name: string, lane: ParkedLane) => {
      letters.forgetFrom(name, lane.head, lane.key);
      saveLane(name, lane);
    }),
  } satisfies Partial<DeliveryState>;
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
    ...createDeadLetterState(db),
    expectRoom: () => undefined,
    close: async () => void db.close(),
  };
}
