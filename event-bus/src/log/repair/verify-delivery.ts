import { basename } from 'node:path';
import Sqlite, { type Database } from '@blog/kit/sqlite';
import type { LogNote } from '../log-note';
import type { Finding } from './findings';
import { structureFindings } from './verify-log';

const restore =
  'stop the bus and restore a backup of this file; without one, remove it: groups of the settings then start at the beginning';

/** Questions whose every answer is something that must not be; `$head` is the newest event of the log. */
const wrongs: readonly { what: (found: number) => string; sql: string }[] = [
  {
    what: (found) => `${found} groups are beyond the end of the log`,
    sql: 'SELECT count(*) FROM groups WHERE cursor > $head OR cursor < 0',
  },
  {
    what: (found) => `${found} parked keys wait for events beyond the end of the log`,
    sql: 'SELECT count(*) FROM lanes WHERE head > $head + 1 OR head < 1',
  },
  {
    what: (found) => `${found} dead letters are of events beyond the end of the log`,
    sql: 'SELECT count(*) FROM dead_letters WHERE sequence > $head OR sequence < 1',
  },
  {
    what: (found) => `${found} parked keys are of groups that do not exist`,
    sql: 'SELECT count(*) FROM lanes WHERE name NOT IN (SELECT name FROM groups) AND $head >= 0',
  },
  {
    what: (found) => `${found} dead letters are of groups that do not exist`,
    sql: 'SELECT count(*) FROM dead_letters WHERE name NOT IN (SELECT name FROM groups) AND $head >= 0',
  },
  {
    what: (found) => `the settings of ${found} groups are no JSON`,
    sql: 'SELECT count(*) FROM groups WHERE NOT json_valid(subscription) AND $head >= 0',
  },
];

function referenceFindings(db: Database, file: string, { identity, head }: LogNote): Finding[] {
  const known = db.prepare<[], string>('SELECT identity FROM log').pluck().get();
  if (known !== undefined && known !== identity) {
    return [{ file, what: 'it belongs to another log', todo: 'restore both files of one backup' }];
  }
  return wrongs.flatMap(({ what, sql }) => {
    const found = db.prepare<[{ head: number }], number>(sql).pluck().get({ head }) ?? 0;
    return found > 0 ? [{ file, what: what(found), todo: restore }] : [];
  });
}

/** Checks how far the groups are: the file itself, and that it refers to what is there. */
export function verifyDelivery(path: string, note: LogNote | undefined): Finding[] {
  const file = basename(path);
  let db: Database | undefined;
  try {
    const opened = new Sqlite(path, { readonly: true, fileMustExist: true });
    db = opened;
    const structure = structureFindings(opened, file, restore);
    return [...structure, ...(note ? opened.transaction(() => referenceFindings(opened, file, note))() : [])];
  } catch (error) {
    return [
      { file, what: `it can not be read: ${error instanceof Error ? error.message : String(error)}`, todo: restore },
    ];
  } finally {
    db?.close();
  }
}
