import { randomBytes } from 'node:crypto';
import { openDatabase } from '@blog/kit/state';
import type { CommentDatabase } from './store';
import { migrationsWith, type Tables } from './tables';

/** The comments in a file, which replicas on the same machine share. */
export function openSqliteDatabase(file: string): CommentDatabase {
  const migrations = migrationsWith(randomBytes(32).toString('hex'));
  const { db, transaction, scrub, isOpen, close } = openDatabase<Tables>({ file, use: 'shared', migrations });
  // A transaction holds the whole file from its beginning.
  return { db, transaction, hold: async () => undefined, scrub, isReady: isOpen, close };
}
