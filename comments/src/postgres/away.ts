import { Unavailable } from '@blog/kit';
import { DatabaseError } from 'pg';

/** Ends of the connection, as the server tells them: it stops, starts, or has thrown us out. */
const connectionEnded = /^(08|57P0|25P03)/;
/** It can't do it now: no room, too many connections, waited too long for a lock or at all, or it takes no writes at present. */
const notNow = /^(53|55P03|57014|25006)/;
/** Another transaction was faster; the same work, done again, sees what that one has done. */
const beaten = /^(40001|40P01|23505)$/;

export const wasBeaten = (error: unknown): boolean => error instanceof DatabaseError && beaten.test(error.code ?? '');

/** Whether the connection is of no use any more. What doesn't come from the server at all is about the connection. */
export function breaksConnection(error: unknown): boolean {
  return !(error instanceof DatabaseError) || connectionEnded.test(error.code ?? '');
}

/** What a failed statement means to whoever asked for it. */
export function meaningOf(error: unknown, statement: string): Error {
  if (error instanceof DatabaseError && !breaksConnection(error)) {
    if (!notNow.test(error.code ?? '')) return error;
    return new Unavailable('The database takes no writes now; nothing was stored.');
  }
  // The end of a commit whose answer never came is known to the server only.
  if (/^commit/i.test(statement)) {
    return new Unavailable('The database went away before it answered: it may be stored, or not.');
  }
  return new Unavailable('The database is away; nothing was stored.');
}
