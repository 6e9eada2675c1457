import type { ReceivedEnvelope } from '@blog/kit';
import { reasonOf, type SkippedEvent, type SkippedEvents, type SqliteDatabase } from '@blog/kit/state';

/** An event that can't be applied, or not even be read. */
export interface Failed {
  event: ReceivedEnvelope;
  error: unknown;
}

/** What an event is about, as far as it can be told. */
export interface About {
  entityId: string | null;
  postId: string | null;
}

interface SkippedRow {
  id: string | null;
  sequence: number | null;
  type: string;
  key: string | null;
  reason: string;
  at: string;
}

const shown = 100;
const longestName = 200;

/** Names of an event, as they may be kept: those of an event that breaks the contract may be anything. */
const named = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, longestName) : null);

/** Whoever leaves out the id may still have said the key, which is the post's id. */
export function aboutOf({ type, data, partitionkey }: ReceivedEnvelope): About {
  const { id, postId } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  const entityId = named(id);
  return { entityId, postId: (type.startsWith('Post') ? entityId : named(postId)) ?? named(partitionkey) };
}

/**
 * Events that were passed over, in the read model's own file: with it they are gone, and whoever reads the log again
 * meets them again. Their texts are in the log only.
 */
export function skippedEvents(sqlite: SqliteDatabase, now: () => string) {
  const insert = sqlite.prepare<[Record<string, unknown>]>(
    `INSERT OR REPLACE INTO skipped (name, id, sequence, type, key, entity_id, post_id, reason, at)
     VALUES (:name, :id, CAST(:sequence AS INTEGER), :type, :key, :entityId, :postId, :reason, :at)`,
  );
  const any = sqlite.prepare<[], number>('SELECT count(*) FROM skipped').pluck();
  const newest = sqlite.prepare<[number], SkippedRow>(
    'SELECT id, sequence, type, key, reason, at FROM skipped ORDER BY sequence DESC, at DESC LIMIT ?',
  );
  const sequences = sqlite
    .prepare<[], number>('SELECT sequence FROM skipped WHERE sequence IS NOT NULL ORDER BY sequence')
    .pluck();
  const forgetPost = sqlite.prepare<[string | null]>('DELETE FROM skipped WHERE post_id = ?');
  const forgetEarlier = sqlite.prepare<[string | null, number | null]>(
    'DELETE FROM skipped WHERE entity_id = ? AND (sequence IS NULL OR sequence <= ifnull(?, sequence))',
  );

  return {
    note({ event, error }: Failed): void {
      const { type, id, sequence, partitionkey } = event;
      const about = aboutOf(event);
      const row = {
        id: named(id),
        sequence: sequence ?? null,
        type: type.slice(0, longestName),
        key: named(partitionkey),
      };
      const name = sequence === undefined ? `${row.type} ${row.id ?? about.entityId ?? ''}` : String(sequence);
      insert.run({ name, ...row, ...about, reason: reasonOf(error), at: now() });
    },
    /** An event was applied: what it says of its entity holds, whatever an earlier one would have said. */
    forget(event: ReceivedEnvelope): void {
      if (any.get() === 0) return;
      const { entityId, postId } = aboutOf(event);
      if (event.type === 'PostDeleted' || event.type === 'PostErased') forgetPost.run(postId);
      forgetEarlier.run(entityId, event.sequence ?? null);
    },
    count: (): number => any.get() ?? 0,
    read(): SkippedEvents {
      return { count: any.get() ?? 0, events: newest.all(shown).map(fromRow) };
    },
    /** The places in the log of those that have one, in their order. */
    sequences: (): number[] => sequences.all(),
  };
}

function fromRow({ id, sequence, key, ...row }: SkippedRow): SkippedEvent {
  return {
    ...row,
    ...(id === null ? {} : { id }),
    ...(sequence === null ? {} : { sequence }),
    ...(key === null ? {} : { key }),
  };
}
