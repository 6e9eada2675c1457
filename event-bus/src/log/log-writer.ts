import type { Database } from '@blog/kit/sqlite';
import { emptyWriteAheadLog, sqliteCodeOf } from '../sqlite';
import { DamagedRecord, type NewEvent, type ReplacedText } from './event-log';
import { DamagedNote } from './log-note';
import { openWholeLog, rebuildLog } from './repair/open-whole-log';
import { DamagedIndex } from './sqlite-key-index';
import { createSqliteWriter, type SqliteWriter, type Written } from './sqlite-writer';

export interface Durability {
  synchronous: string;
  journal: string;
}

/** Writes to the log, one commit at a time. */
export interface LogWriter {
  /**
   * Resolves when all is durable. Rejects with {@link WriteFailed}.
   * @param wallTime ms since 1970
   */
  write(appends: readonly (readonly NewEvent[])[], wallTime: number): Promise<Written>;
  /**
   * Puts the file together anew from its whole records, for a writer that met damage. Nobody else may have it open
   * meanwhile. Resolves to what was found, in words; rejects with {@link WriteFailed}.
   */
  rebuild(): Promise<string[]>;
  /** Makes the index of keys anew. Rejects with {@link WriteFailed}. */
  reindex(): Promise<void>;
  /**
   * Puts other texts in the place of stored ones; see `EventLog.replace`. Resolves to the sequence of a record that is
   * damaged, if there is one: then nothing is replaced. Rejects with {@link WriteFailed}.
   */
  replace(texts: readonly ReplacedText[]): Promise<number | undefined>;
  /** See `EventLog.scrub`. Rejects with {@link WriteFailed}. */
  scrub(): Promise<boolean>;
  /** What is in force on its connection. */
  durability(): Durability;
  /** The damage that was found when it was opened, and what was done about it, in words. */
  found: readonly string[];
  close(): Promise<void>;
}

export class WriteFailed extends Error {
  override readonly name = 'WriteFailed';
  constructor(
    message: string,
    /** As SQLite says it, for example SQLITE_FULL; DAMAGED for what only the log itself knows to be damaged. */
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** Whether the file is damaged where the writer needs it; the disk itself did what it was told. */
export const isDamage = ({ code = '' }: WriteFailed): boolean =>
  /^(DAMAGED|SQLITE_(CORRUPT|NOTADB|CONSTRAINT|IOERR_SHORT_READ))/.test(code);

function failureOf(error: unknown): WriteFailed {
  const isOurs = error instanceof DamagedIndex || error instanceof DamagedNote;
  const code = isOurs ? 'DAMAGED' : sqliteCodeOf(error);
  return new WriteFailed(error instanceof Error ? error.message : String(error), code);
}

function durabilityOf(db: Database): Durability {
  return {
    synchronous: db.pragma('synchronous', { simple: true }) === 2 ? 'full' : 'NOT FULL',
    journal: String(db.pragma('journal_mode', { simple: true })),
  };
}

/** Writes in this thread, which does nothing else while it waits for the disk. Throws where the file can't be opened. */
export function writeHere(file: string): LogWriter {
  let { db, writer, found } = openAll();
  const durability = durabilityOf(db);

  function openAll(): { db: Database; writer: SqliteWriter; found: string[] } {
    return openWholeLog(file, (opened) => createSqliteWriter(opened));
  }

  async function orFail<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      throw failureOf(error);
    }
  }

  return {
    write: (appends, wallTime) => orFail(() => writer.write(appends, wallTime)),
    reindex: () => orFail(() => writer.reindex()),
    replace: (texts) =>
      orFail(() => {
        try {
          writer.replace(texts);
          return undefined;
        } catch (error) {
          if (error instanceof DamagedRecord) return error.sequence;
          throw error;
        }
      }),
    scrub: () => orFail(() => emptyWriteAheadLog(db)),
    rebuild: () =>
      orFail(() => {
        db.close();
        const told = rebuildLog(file, 'the log could not be written');
        ({ db, writer, found } = openAll());
        return [...told, ...found];
      }),
    durability: () => durability,
    found,
    close: async () => void db.close(),
  };
}
