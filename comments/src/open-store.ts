import { join } from 'node:path';
import { dataDirSetting, type Logger } from '@blog/kit';
import { z } from 'zod';
import { openPostgresDatabase } from './postgres/database';
import { openSqliteDatabase } from './sqlite-database';
import { type CommentStore, createCommentStore } from './store';

export const databaseSettings = {
  /** The folder that holds `comments.db`, where no other database is named. */
  DATA_DIR: dataDirSetting,
  /** A PostgreSQL database, for replicas on several machines. It belongs to the comments alone. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'not a postgres:// URL' }).optional(),
};

type DatabaseSettings = z.output<z.ZodObject<typeof databaseSettings>>;

/** Opens the comments where the settings say. A file must open; a server may be away, and is awaited. */
export function openStore(
  { DATA_DIR, DATABASE_URL: url }: DatabaseSettings,
  { now, logger }: { now: () => Date; logger: Logger },
): CommentStore {
  const database =
    url === undefined ? openSqliteDatabase(join(DATA_DIR, 'comments.db')) : openPostgresDatabase({ url, logger });
  return createCommentStore(database, { now });
}
