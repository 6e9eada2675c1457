import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import Sqlite, { type Database } from '@blog/kit/sqlite';
import { bucketOf, type BucketNote, hashOf, isWholeNote, termOf } from '../key-buckets';
import { checksumOfIdentity, checksumOfSchema, type LogNote, openNote, versionOf } from '../log-note';
import { newestVersion } from '../sqlite-log-file';
import { createRecords } from '../sqlite-records';
import { type Finding, rebuild, restart, setAside } from './findings';
import { lookAtWriteAheadLog } from './write-ahead-log';

/** What was seen of the log, for those that refer to it. */
export interface VerifiedLog {
  findings: Finding[];
  /** Undefined if it could not be read. */
  note: LogNote | undefined;
  records: number;
}

const mostLines = 100;

/** SQLite's own check: pages, tables, and that each index has every row. */
export function structureFindings(db: Database, file: string, todo: string): Finding[] {
  let lines: string[];
  try {
    lines = db.prepare<[], string>(`PRAGMA integrity_check(${mostLines})`).pluck().all();
  } catch (error) {
    lines = [error instanceof Error ? error.message : String(error)];
  }
  return lines.filter((line) => line !== 'ok').map((line) => ({ file, what: `SQLite says: ${line}`, todo }));
}

type Sums = Map<number, { entries: number; sum: number }>;

function add(sums: Sums, key: string, sequence: number): void {
  const hash = hashOf(key);
  const bucket = bucketOf(hash);
  const { entries, sum } = sums.get(bucket) ?? { entries: 0, sum: 0 };
  sums.set(bucket, { entries: entries + 1, sum: sum + termOf(hash, sequence) });
}

/** Proves every record, and gathers what the index of keys should hold. */
function recordFindings(
  db: Database,
  file: string,
  { head, indexedUpTo }: LogNote,
): { findings: Finding[]; sums: Sums } {
  const findings: Finding[] = [];
  const sums: Sums = new Map();
  for (const { sequence, columns, isDamaged } of createRecords(db).inOrder(0, head, 'all')) {
    if (columns && sequence <= indexedUpTo) add(sums, columns.key, sequence);
    if (!isDamaged) continue;
    const key = columns ? ` (its key is ${JSON.stringify(columns.key)})` : '';
    findings.push({
      file,
      sequence,
      what: `event ${sequence} is missing, or not what was stored${key}`,
      todo: columns ? setAside : `${rebuild}; if it is still damaged then: ${setAside}`,
    });
  }
  return { findings, sums };
}

function indexFindings(db: Database, file: string, expected: Sums): Finding[] {
  const found: Sums = new Map();
  const entries = db.prepare<[], [string, number]>('SELECT key, sequence FROM key_index').raw();
  for (const [key, sequence] of entries.iterate()) add(found, String(key), sequence);
  const notes = new Map(
    db
      .prepare<[], BucketNote>('SELECT bucket, entries, sum, checksum FROM key_buckets')
      .all()
      .map((note) => [note.bucket, note]),
  );
  const buckets = [...new Set([...expected.keys(), ...found.keys(), ...notes.keys()])];
  const isRight = (bucket: number): boolean => {
    const [should, is, note] = [expected.get(bucket), found.get(bucket), notes.get(bucket)];
    return (
      should?.sum === is?.sum &&
      should?.entries === is?.entries &&
      note?.sum === is?.sum &&
      (!note || isWholeNote(note))
    );
  };
  const wrong = buckets.filter((bucket) => !isRight(bucket));
  if (wrong.length === 0) return [];
  const what = `the index of keys is not what the records say, in ${wrong.length} of its buckets`;
  return [{ file, what, todo: 'nothing: the bus does not use what it can not prove, and makes the index anew' }];
}

function noteFindings(db: Database, file: string, note: LogNote): Finding[] {
  const findings: Finding[] = [];
  if (checksumOfSchema(db, newestVersion) !== note.schema) {
    findings.push({ file, what: 'its first page is damaged', todo: restart });
  }
  const copy = db.prepare<[], { identity: string; checksum: number }>('SELECT identity, checksum FROM log_copy').get();
  if (copy?.identity !== note.identity || copy.checksum !== checksumOfIdentity(note.identity)) {
    findings.push({ file, what: 'the copy of its identity is damaged', todo: restart });
  }
  return findings;
}

function verifyOpen(db: Database, file: string): VerifiedLog {
  const version = versionOf(db);
  if (version !== newestVersion) {
    const what = `it is at version ${version}, and this program checks version ${newestVersion}`;
    return { findings: [{ file, what, todo: 'start the bus of this version once' }], note: undefined, records: 0 };
  }
  const note = openNote(db).read();
  const { findings, sums } = recordFindings(db, file, note);
  return {
    findings: [...noteFindings(db, file, note), ...findings, ...indexFindings(db, file, sums)],
    note,
    records: note.head,
  };
}

/** Checks everything in a log, also beside a running bus: it reads one state of it, and changes nothing. */
export function verifyLog(path: string): VerifiedLog {
  const file = basename(path);
  const walFindings = existsSync(`${path}-wal`)
    ? lookAtWriteAheadLog(path).map((what) => ({ file: `${file}-wal`, what, todo: restart }))
    : [];
  let db: Database;
  try {
    db = new Sqlite(path, { readonly: true, fileMustExist: true });
  } catch (error) {
    return { findings: [...walFindings, unreadable(file, error)], note: undefined, records: 0 };
  }
  try {
    const structure = structureFindings(db, file, rebuild);
    try {
      const { findings, ...rest } = db.transaction(() => verifyOpen(db, file))();
      return { ...rest, findings: [...walFindings, ...structure, ...findings] };
    } catch (error) {
      return { findings: [...walFindings, ...structure, unreadable(file, error)], note: undefined, records: 0 };
    }
  } finally {
    db.close();
  }
}

function unreadable(file: string, error: unknown): Finding {
  return { file, what: `it can not be read: ${error instanceof Error ? error.message : String(error)}`, todo: restart };
}
