import type { Generated, Kysely } from 'kysely';
import { type Cause, type Envelope, type Fact, newEvent, newId } from './envelope';

/** The outbox's table. A service puts {@link outboxMigration} among its migrations. */
export interface OutboxTables {
  outbox: { position: Generated<number>; event: string; appended_at: number };
  outbox_refused: { position: number; event: string; reason: string };
}

/** AUTOINCREMENT: a position is never given twice, so a relay can't mark a newer row as sent. */
export const outboxMigration = `
  CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, appended_at INTEGER NOT NULL);
  CREATE TABLE outbox_refused (position INTEGER PRIMARY KEY, event TEXT NOT NULL, reason TEXT NOT NULL);
`;

/** A database, or a transaction in it, whatever its tables. */
type QueryRunner = Pick<Kysely<unknown>, 'executeQuery'>;

export interface PendingEvent {
  position: number;
  event: Envelope;
  /** Milliseconds since the epoch. */
  appendedAt: number;
}

/**
 * Events on their way to the bus, committed with the state that they tell of. Whoever has a transaction may append;
 * only the relay reads. Several processes may share one outbox: each relay always sends the oldest rows first, so the
 * order holds whoever is faster, and the bus stores a repeated event once.
 */
export interface Outbox {
  /**
   * Appends inside the caller's transaction; `cause` is the received event that led to these facts. Gives the ids of the
   * events.
   */
  append(tx: QueryRunner, facts: Fact[], cause?: Cause): Promise<string[]>;
  /** Forgets, inside the caller's transaction, what waits or was refused of an entity: its texts are erased. */
  erase(tx: QueryRunner, id: string): Promise<void>;
  pending(limit: number): Promise<PendingEvent[]>;
  /** Forgets rows that the bus has stored. */
  markSent(positions: number[]): Promise<void>;
  /** Sets a row aside which the bus will never take, with its reason: it must not block those behind it. */
  refuse(pending: PendingEvent, reason: string): Promise<void>;
}

export function createOutbox<Tables>(db: Kysely<Tables>, { source, now }: { source: string; now: () => Date }): Outbox {
  const own = db as unknown as Kysely<OutboxTables>;
  return {
    async append(tx, facts, cause) {
      const time = now();
      const events = facts.map((fact) => newEvent(fact, { id: newId(), source, time: time.toISOString(), cause }));
      const rows = events.map((event) => ({ event: JSON.stringify(event), appended_at: time.getTime() }));
      if (rows.length > 0) await tx.executeQuery(own.insertInto('outbox').values(rows));
      return events.map(({ id }) => id);
    },
    async erase(tx, id) {
      for (const table of ['outbox', 'outbox_refused'] as const) {
        const query = own.selectFrom(table).select(['position', 'event']).where('event', 'like', likeJson(id));
        const rows = (await tx.executeQuery(query)).rows.filter(({ event }) =>
          tellsOf(JSON.parse(event) as Envelope, id),
        );
        const positions = rows.map(({ position }) => position);
        if (positions.length > 0) await tx.executeQuery(own.deleteFrom(table).where('position', 'in', positions));
      }
    },
    async pending(limit) {
      const rows = await own.selectFrom('outbox').selectAll().orderBy('position').limit(limit).execute();
      return rows.map((row) => ({
        position: row.position,
        event: JSON.parse(row.event) as Envelope,
        appendedAt: row.appended_at,
      }));
    },
    async markSent(positions) {
      await own.deleteFrom('outbox').where('position', 'in', positions).execute();
    },
    async refuse({ position, event }, reason) {
      await own.transaction().execute(async (tx) => {
        await tx
          .insertInto('outbox_refused')
          .values({ position, event: JSON.stringify(event), reason })
          .onConflict((conflict) => conflict.column('position').doNothing())
          .execute();
        await tx.deleteFrom('outbox').where('position', '=', position).execute();
      });
    },
  };
}

/** Finds at least the events that hold an id, written as JSON: `_` stands for what means something to LIKE. */
const likeJson = (id: string): string => `%${JSON.stringify(id).slice(1, -1).replace(/[%\\]/g, '_')}%`;

/** Whether an event is of an entity, or of what belongs to it. One that erases has no text, and stays. */
function tellsOf({ subject, partitionkey, erases, data }: Envelope, id: string): boolean {
  const dataId = typeof data === 'object' && data !== null && 'id' in data ? data.id : undefined;
  return erases === undefined && [subject, partitionkey, dataId].includes(id);
}
