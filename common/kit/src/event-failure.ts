import { MeaningfulError, TooManyRequests, Unavailable } from './errors';
import { NotRendered } from './rendering-thread';

/** What SQLite and PostgreSQL say of a value: too large, of another type, against a constraint. */
const ofTheValue = [
  /^SQLITE_(TOOBIG|MISMATCH|RANGE)$/,
  /^SQLITE_CONSTRAINT_(CHECK|NOTNULL|UNIQUE|PRIMARYKEY|DATATYPE|ROWID|FOREIGNKEY)$/,
  /^2[23][0-9A-Z]{3}$/,
  /^ERR_/,
];
/** What the libraries say, without a code, of a connection that ended or was closed. */
const ofTheConnection = /connection is not open|connection terminated|already been destroyed|after calling end/i;

const longestReason = 300;

/**
 * Whether it is this event that can't be applied, so that others may go on without it. Otherwise something is wrong here
 * (no room, no database, too much to do), which ends: nothing may be set aside because of that.
 */
export function isFaultOfEvent(error: unknown): boolean {
  if (error instanceof Unavailable || error instanceof TooManyRequests) return false;
  if (error instanceof MeaningfulError) return true;
  if (error instanceof NotRendered) return error.trouble !== 'busy' && error.trouble !== 'ended';
  const { code, message } = partsOf(error);
  if (code !== undefined) return ofTheValue.some((pattern) => pattern.test(code));
  return !ofTheConnection.test(message);
}

/** Why an event could not be applied, in words that quote nothing of it: an error's message may hold its text. */
export function reasonOf(error: unknown): string {
  if (error instanceof MeaningfulError) {
    const faults = error.faults.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
    return (faults || error.name).slice(0, longestReason);
  }
  if (error instanceof NotRendered) return error.message;
  const { name, code } = partsOf(error);
  return `failed with ${[name, code].filter(Boolean).join(' ')}`.slice(0, longestReason);
}

/** By its fields: the class of an error is another one for each loaded copy of a library. */
function partsOf(error: unknown): { name: string; message: string; code: string | undefined } {
  if (typeof error !== 'object' || error === null) return { name: typeof error, message: '', code: undefined };
  const { name, message, code } = error as Record<string, unknown>;
  return {
    name: typeof name === 'string' ? name : 'an error',
    message: typeof message === 'string' ? message : '',
    code: typeof code === 'string' ? code : undefined,
  };
}
