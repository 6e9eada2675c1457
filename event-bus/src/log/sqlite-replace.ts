import type { Database } from '@blog/kit/sqlite';
import { inPlace } from './erased-text';
import { DamagedRecord, type ReplacedText } from './event-log';
import { createRecords } from './sqlite-records';

/** Puts other texts in the place of stored ones, all or none. Throws {@link DamagedRecord} for a record that isn't whole. */
export type Replace = (texts: readonly ReplacedText[]) => void;

/**
 * The old bytes are overwritten: `secure_delete` is on for the connection, so that what SQLite frees it fills with zeros. They are
 * still in the write-ahead log until that is emptied.
 */
export function createReplace(db: Database): Replace {
  const records = createRecords(db);
  const proofs = db.prepare<[number], { checksum: number; seal: number | null; bytes: number }>(
    'SELECT checksum, seal, octet_length(text) AS bytes FROM events WHERE sequence = ?',
  );
  const update = db.prepare('UPDATE events SET text = ?, checksum = ?, seal = ? WHERE sequence = ?');
  const run = db.transaction((texts: readonly ReplacedText[]) => {
    for (const { sequence, text } of texts) {
      const { columns, event } = records.at(sequence);
      const old = proofs.get(sequence);
      if (!columns || !event || !old) throw new DamagedRecord(sequence);
      const { checksum, seal, text: filled } = inPlace(columns, text, old);
      update.run(filled, checksum, seal, sequence);
    }
  });
  return (texts) => run.immediate(texts);
}
