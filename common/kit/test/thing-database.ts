import type { Fact } from '../src';
import { openDatabase, outboxMigration } from '../src/state';

/** A small service's database: things, and an outbox for what happens to them. */
export interface ThingTables {
  things: { id: string };
}

export const thingMigrations = [`CREATE TABLE things (id TEXT PRIMARY KEY) STRICT; ${outboxMigration}`];

export function openThings(file: string) {
  return openDatabase<ThingTables>({ file, use: 'shared', migrations: thingMigrations });
}

export function thingMade(id: string, type = 'ThingMade'): Fact {
  return { type, key: 'k', subject: id, data: { id } };
}
