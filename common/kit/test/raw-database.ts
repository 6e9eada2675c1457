import Sqlite, { type Database } from '@blog/kit/sqlite';

/** A connection beside a service's own to the same file, to look at what is stored or to get in its way. */
export function openRaw(file: string): Database {
  return new Sqlite(file);
}

/** From now on nothing can be written to a table of this file. */
export function refuseWritesTo(table: string, file: string): void {
  const raw = openRaw(file);
  raw.exec(`CREATE TRIGGER refusing_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'refused'); END`);
  raw.close();
}

/** The events in the outbox of a service's database, oldest first. */
export function outboxOf(file: string): { type: string; subject: string; data: unknown; causationid?: string }[] {
  const raw = openRaw(file);
  const rows = raw.prepare<[], { event: string }>('SELECT event FROM outbox ORDER BY position').all();
  raw.close();
  return rows.map(({ event }) => JSON.parse(event) as { type: string; subject: string; data: unknown });
}

/** All rows of all tables, as a text. */
export function rowsIn(file: string): string {
  const raw = openRaw(file);
  const tables = raw.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const rows = tables.map((table) => raw.prepare(`SELECT * FROM "${table}"`).all());
  raw.close();
  return JSON.stringify(rows);
}
