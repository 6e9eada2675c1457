import { crc32 } from 'node:zlib';
import type { Database } from '@blog/kit/sqlite';

/** What the log says of itself, in one row that each commit writes. */
export interface LogNote {
  identity: string;
  /** The newest sequence: without it, records that are missing at the end would not be missed. */
  head: number;
  /** Where the index of keys on the disk ends. */
  indexedUpTo: number;
  /** Of the tables and indexes, and where they are. */
  schema: number;
}

export const checksumOfNote = ({ identity, head, indexedUpTo, schema }: LogNote): number =>
  crc32(`${identity}\0${head}\0${indexedUpTo}\0${schema}`);

export const checksumOfIdentity = (identity: string): number => crc32(`identity\0${identity}`);

interface Row extends LogNote {
  checksum: number | null;
}

export interface NoteKeeper {
  /** Throws {@link DamagedNote}. */
  read(): LogNote;
  write(note: LogNote): void;
}

export class DamagedNote extends Error {
  override readonly name = 'DamagedNote';
  constructor() {
    super('what the log says of itself is damaged');
  }
}

const selectNote = 'SELECT identity, head, indexed_up_to AS indexedUpTo, schema, checksum FROM log';

export function openNote(db: Database): NoteKeeper {
  const select = db.prepare<[], Row>(selectNote);
  const update = db.prepare('UPDATE log SET identity = ?, head = ?, indexed_up_to = ?, schema = ?, checksum = ?');
  return {
    read() {
      const row = select.get();
      if (!row || row.checksum !== checksumOfNote(row)) throw new DamagedNote();
      const { identity, head, indexedUpTo, schema } = row;
      return { identity, head, indexedUpTo, schema };
    },
    write: (note) => void update.run(note.identity, note.head, note.indexedUpTo, note.schema, checksumOfNote(note)),
  };
}

/** Of what the first page of the file says: a flipped bit there may take one table for another. */
export function checksumOfSchema(db: Database, version: number): number {
  const objects = db.prepare('SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY name').raw().all();
  const settings = ['encoding', 'auto_vacuum', 'page_size'].map((name) => db.pragma(name, { simple: true }));
  return crc32(JSON.stringify([version, settings, objects]));
}

export const versionOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));
