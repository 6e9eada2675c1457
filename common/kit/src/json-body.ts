import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import bodyParser from 'body-parser';
import type { Request, RequestHandler } from 'express';
import { InvalidInput, UnsupportedMedia } from './errors';

/** Deeper JSON than this is refused: no schema of ours needs it, and walking it costs stack. */
export const deepestNesting = 32;

/** Whether a value holds objects or arrays in one another over more than so many levels. */
export function isNestedDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((part) => isNestedDeeperThan(part, levels - 1));
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** Refuses what is not UTF-8; body-parser itself takes UTF-7 and UTF-16 too, and would replace wrong bytes in silence. */
function refuseOtherThanUtf8(bytes: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw new UnsupportedMedia('Send the body in UTF-8.');
  if (!isUtf8(bytes)) throw new Error('not UTF-8');
}

export interface JsonBodyOptions {
  /** Bytes. */
  limit: number;
  /** The media types that count as JSON here; the first is named to whoever sends another. */
  types?: string[];
  /** Sees the bytes as they came in, before they are parsed, and throws to refuse them. */
  checkBytes?: (req: IncomingMessage, bytes: Buffer) => void;
  /** Levels; 32 unless it is said. */
  deepest?: number;
}

/**
 * The value of a JSON text in UTF-8, with or without a byte order mark, and the text itself without it.
 * Throws InvalidInput; never replaces a byte.
 */
export function parseJson(bytes: Buffer): { value: unknown; text: string } {
  if (!isUtf8(bytes)) {
    throw new InvalidInput([{ path: '', message: 'is not valid UTF-8' }], 'The body is not valid UTF-8.');
  }
  const marked = bytes.toString();
  const text = marked.startsWith('\ufeff') ? marked.slice(1) : marked;
  try {
    return { value: JSON.parse(text), text };
  } catch {
    throw new InvalidInput([{ path: '', message: 'is not valid JSON' }], 'The body is not valid JSON.');
  }
}

/**
 * Reads a JSON body into `req.body`, or refuses it: another media type or charset 415, not JSON, not UTF-8 or nested
 * deeper than 32 levels 400, larger than `limit` bytes 413. A request without a body passes, with `req.body`
 * undefined or `{}`.
 */
export function jsonBody(options: JsonBodyOptions): RequestHandler[] {
  const { limit, types = ['application/json'], checkBytes, deepest = deepestNesting } = options;
  const parse = bodyParser.json({
    limit,
    type: types,
    verify: (req, _res, bytes, charset) => {
      checkBytes?.(req, bytes);
      refuseOtherThanUtf8(bytes, charset);
    },
  });
  const check: RequestHandler = (req, _res, next) => {
    if (req.body === undefined && hasBody(req)) {
      throw new UnsupportedMedia(`Send the body as ${types[0]}: -H 'Content-Type: ${types[0]}'.`);
    }
    if (isNestedDeeperThan(req.body, deepest)) {
      throw new InvalidInput([{ path: '', message: `is nested deeper than ${deepest} levels` }]);
    }
    next();
  };
  return [parse, check];
}
