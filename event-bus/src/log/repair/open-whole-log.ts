import { accessSync, constants, existsSync, statSync } from 'node:fs';
import type { Database } from '@blog/kit/sqlite';
import { sqliteCodeOf } from '../../sqlite';
import { checksumOfIdentity, checksumOfSchema, DamagedNote, openNote, versionOf } from '../log-note';
import { DamagedIndex } from '../sqlite-key-index';
import { newestVersion, openLogFile } from '../sqlite-log-file';
import { finishRebuild, rebuildLog } from './rebuild';
import { mendWriteAheadLog, pageSize } from './write-ahead-log';

export { rebuildLog } from './rebuild';

/** The file can't be used as it is: what holds its records together is damaged. */
class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isDamage(error: unknown, file: string): boolean {
  if (error instanceof DamagedFile || error instanceof DamagedNote || error instanceof DamagedIndex) return true;
  // A flipped bit in the first page makes SQLite miss a table, or take the file for one that may only be read.
  const codes = /^SQLITE_(CORRUPT|NOTADB|ERROR|READONLY|CONSTRAINT|FORMAT|MISMATCH|IOERR_SHORT_READ|TOOBIG|NOMEM)/;
  return codes.test(sqliteCodeOf(error) ?? '') && isWritable(file);
}

const isOneBitOff = (a: number, b: number): boolean => (a ^ b) !== 0 && ((a ^ b) & ((a ^ b) - 1)) === 0;

/** Records at the end that are missing are known to be, or else the end of the table is damaged. */
function lookAtEnd(db: Database, head: number): void {
  const last = db.prepare<[], number | null>('SELECT max(sequence) FROM events').pluck().get() ?? 0;
  if (last === head) return;
  const known = db.prepare<[number], number>('SELECT count(*) FROM unknown_keys WHERE sequence > ?').pluck().get(last);
  if (last > head || known !== head - last) throw new DamagedFile(`the table ends with event ${last}, and not ${head}`);
}

/**
 * A look at what the writer needs, whatever the size of the log: the first page, what the log says of itself, and the
 * end of the table. Throws where it is damaged.
 */
function lookAt(db: Database, file: string): void {
  const version = versionOf(db);
  if (Number(db.pragma('page_count', { simple: true })) * pageSize < statSync(file).size) {
    throw new DamagedFile('the file has more pages than its first one says');
  }
  if (version < newestVersion) {
    const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get();
    if (version === 0 && tables !== 0) throw new DamagedFile('the version of the file is damaged');
    return;
  }
  const note = openNote(db).read();
  const isOurs = checksumOfSchema(db, newestVersion) === note.schema;
  if (version > newestVersion) {
    if (isOurs && isOneBitOff(version, newestVersion)) throw new DamagedFile('the version of the file is damaged');
    // A newer program's file is not damaged: opening it says that this program is too old.
    return;
  }
  if (!isOurs) throw new DamagedFile('the first page of the file is damaged');
  const copy = db.prepare<[], { identity: string; checksum: number }>('SELECT identity, checksum FROM log_copy').get();
  if (copy?.identity !== note.identity || copy.checksum !== checksumOfIdentity(note.identity)) {
    throw new DamagedFile('the copy of what the log says of itself is damaged');
  }
  lookAtEnd(db, note.head);
}

/**
 * Opens the log's file for writing, and mends it before if that is needed: the write-ahead log is put right, and a file
 * whose structure is damaged is put together anew from its whole records. `found` tells what was found and done.
 * @param use begins to use it; what it throws for damage is mended as well
 */
export function openWholeLog<W>(file: string, use: (db: Database) => W): { db: Database; writer: W; found: string[] } {
  finishRebuild(file);
  const found = existsSync(file) ? mendWriteAheadLog(file) : [];
  const open = (): { db: Database; writer: W } => {
    const db = openLogFile(file, (opened) => lookAt(opened, file));
    try {
      return { db, writer: use(db) };
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    return { ...open(), found };
  } catch (error) {
    if (!isDamage(error, file)) throw error;
    found.push(...rebuildLog(file, told(error)));
    return { ...open(), found };
  }
}
