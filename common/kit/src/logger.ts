import pino, { type Logger } from 'pino';

export type { Logger };

interface DescribedError {
  type: string;
  code?: string;
  message?: string;
  /** Where it was thrown. */
  at: string[];
  cause?: DescribedError;
}

const mostCauses = 3;
const mostFrames = 12;

/** A parser's message quotes what it read, and a database's what it was to store. */
function quotes(error: Error): boolean {
  return error instanceof SyntaxError || error.name === 'SyntaxError' || 'severity' in error;
}

/**
 * What the log tells of an error: its kind, where it was thrown and its message, unless that may quote what somebody wrote;
 * none of its other fields, in which libraries keep whole requests with their bodies and tokens.
 */
export function describeError(error: unknown, causesLeft = mostCauses): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, at: [] };
  const { code, cause, name, message, stack = '' } = error as Error & { code?: unknown };
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(quotes(error) ? {} : { message }),
    at: frames.slice(0, mostFrames).map((line) => line.trim()),
    ...(cause instanceof Error && causesLeft > 0 ? { cause: describeError(cause, causesLeft - 1) } : {}),
  };
}

/** A logger that writes one JSON line per entry to stdout, with the process's name and times in ISO 8601. */
export function createLogger({ name, level }: { name: string; level: string }): Logger {
  return pino({
    ...{ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime },
    serializers: { err: (error: unknown) => describeError(error) },
  });
}

/** A logger for tests: says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });
