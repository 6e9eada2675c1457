import pino, { type Logger } from 'pino';

export type { Logger };

/** A logger that writes one JSON line per entry to stdout, with the process's name and times in ISO 8601. */
export function createLogger({ name, level }: { name: string; level: string }): Logger {
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** A logger for tests: says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });
