import Sqlite from '@blog/kit/sqlite';
import type { NewEvent } from './event-log';
import { openLogFile } from './sqlite-log-file';
import { createSqliteWriter, type Written } from './sqlite-writer';

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
  /** What is in force on its connection. */
  durability(): Durability;
  close(): Promise<void>;
}

export class WriteFailed extends Error {
  override readonly name = 'WriteFailed';
  constructor(
    message: string,
    /** As SQLite says it, for example SQLITE_FULL. */
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** Writes in this thread, which does nothing else while it waits for the disk. Throws where the file can't be opened. */
export function writeHere(file: string): LogWriter {
  const db = openLogFile(file);
  const write = createSqliteWriter(db);
  return {
    async write(appends, wallTime) {
      try {
        return write(appends, wallTime);
      } catch (error) {
        const code = error instanceof Sqlite.SqliteError ? error.code : undefined;
        throw new WriteFailed(error instanceof Error ? error.message : String(error), code);
      }
    },
    durability: () => ({
      synchronous: db.pragma('synchronous', { simple: true }) === 2 ? 'full' : 'NOT FULL',
      journal: String(db.pragma('journal_mode', { simple: true })),
    }),
    close: async () => void db.close(),
  };
}
