import { ownText } from '../../own-text';
import { maxWordsBytes, wordsOfRefusal } from './refusal-words';

/** What matters of an answer. */
export interface AnswerHead {
  status: number;
  /** The `Retry-After` header as it came, unless it is longer than any that means something. */
  retryAfter?: string;
}

/** The connection speaks something else than HTTP/1.1, or more than anybody should have to read. */
export class NotHttp extends Error {
  override name = 'NotHttp';
}

/** Reads the answers that come over one connection, one after the other. Bytes come in pieces of any size. */
export interface AnswerReader {
  /** Gets ready for the next answer. */
  begin(): void;
  /** Takes what has arrived, and says whether the answer is whole now. Throws NotHttp, for what follows it too. */
  take(bytes: Buffer): boolean;
  /** The connection ended; says whether the answer is whole by that. */
  ended(): boolean;
  /** Of the answer that is read; undefined until all of it is there. */
  head(): AnswerHead | undefined;
  /** What it says of its refusal, as far as its body was read; undefined for a 2xx, or where it says nothing. */
  words(): string | undefined;
  /** Whether more of its body may tell more of its refusal. */
  hasMoreToSay(): boolean;
  /** How long the connection may be left idle and used again, ms. 0: it must not be used again. */
  keepMs(): number;
}

const largestHead = 64 * 1024;
const longestLine = 1024;
const longestRetryAfter = 64;
const longestType = 128;
const newline = 0x0a;
/** Where the server doesn't say how long it keeps an idle connection; where it does, this much earlier than it says. */
const usualKeepMs = 4_000;
const keepMarginMs = 1_000;

/** What follows the head. */
type Body = { kind: 'none' } | { kind: 'fixed'; length: number } | { kind: 'chunked' } | { kind: 'until the end' };

interface ParsedHead {
  head: AnswerHead;
  body: Body;
  keepMs: number;
  contentType: string;
}

/** Is given the content of a body, piece by piece; the bytes are its only until it returns. */
type Taker = (content: Buffer) => void;

/** By name in small letters; of a header that comes twice both values, as one list. */
function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new NotHttp('a header without a name');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}

function bodyOf(status: number, fields: Map<string, string>): Body {
  if (status === 204 || status === 304) return { kind: 'none' };
  const coding = fields.get('transfer-encoding');
  if (coding !== undefined) return { kind: /(?:^|,)\s*chunked$/i.test(coding) ? 'chunked' : 'until the end' };
  const given = fields.get('content-length');
  if (given === undefined) return { kind: 'until the end' };
  const lengths = new Set(given.split(',').map((text) => text.trim()));
  const [length = ''] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw new NotHttp('a length that is none');
  return { kind: 'fixed', length: Number(length) };
}

function keepMsOf(minor: string | undefined, fields: Map<string, string>): number {
  const connection = fields.get('connection')?.toLowerCase() ?? '';
  if (connection.includes('close')) return 0;
  if (minor === '0' && !connection.includes('keep-alive')) return 0;
  const hint = /timeout=(\d{1,6})/i.exec(fields.get('keep-alive') ?? '')?.[1];
  return hint === undefined ? usualKeepMs : Math.max(0, Math.min(usualKeepMs, Number(hint) * 1000 - keepMarginMs));
}

function parseHead(text: string): ParsedHead {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
  if (code === undefined) throw new NotHttp('no HTTP/1.1 status line');
  const status = Number(code);
  if (status < 100 || status === 101) throw new NotHttp(`a status of ${code}`);
  const fields = readFields(lines);
  const retryAfter = fields.get('retry-after');
  const isUsable = retryAfter !== undefined && retryAfter.length <= longestRetryAfter;
  return {
    // It is kept for as long as the answer is: without a copy it would hold the whole head.
    head: isUsable ? { status, retryAfter: ownText(retryAfter) } : { status },
    body: bodyOf(status, fields),
    keepMs: keepMsOf(minor, fields),
    contentType: fields.has('content-encoding')
      ? 'encoded'
      : ownText(fields.get('content-type')?.slice(0, longestType) ?? ''),
  };
}

/** Finds the end of a body in chunks: size line, that many bytes, an empty line; the last of size 0, then trailers. */
function createChunkedBody(take: Taker) {
  let line = '';
  let expects: 'size' | 'bytes' | 'end of chunk' | 'trailer' | 'nothing' = 'size';
  let left = 0;

  function endLine(text: string): void {
    if (expects === 'size') {
      const size = /^([\da-f]{1,12})\s*(?:;.*)?$/i.exec(text)?.[1];
      if (size === undefined) throw new NotHttp('a chunk without a size');
      left = parseInt(size, 16);
      expects = left > 0 ? 'bytes' : 'trailer';
    } else if (expects === 'end of chunk') {
      if (text !== '') throw new NotHttp('a chunk longer than its size');
      expects = 'size';
    } else if (text === '') expects = 'nothing';
  }

  /** Gives how many bytes belong to the body. */
  return (bytes: Buffer): { used: number; isWhole: boolean } => {
    let at = 0;
    while (at < bytes.length && expects !== 'nothing') {
      if (expects === 'bytes') {
        const taken = Math.min(left, bytes.length - at);
        take(bytes.subarray(at, at + taken));
        left -= taken;
        at += taken;
        if (left === 0) expects = 'end of chunk';
        continue;
      }
      const end = bytes.indexOf(newline, at);
      line += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
      if (line.length > longestLine) throw new NotHttp('a line without an end');
      if (end < 0) return { used: bytes.length, isWhole: false };
      endLine(line.replace(/\r$/, ''));
      line = '';
      at = end + 1;
    }
    return { used: at, isWhole: expects === 'nothing' };
  };
}

function createBody(body: Body, take: Taker): (bytes: Buffer) => { used: number; isWhole: boolean } {
  if (body.kind === 'chunked') return createChunkedBody(take);
  let left = body.kind === 'fixed' ? body.length : body.kind === 'none' ? 0 : Infinity;
  return (bytes) => {
    const used = Math.min(left, bytes.length);
    left -= used;
    take(bytes.subarray(0, used));
    return { used, isWhole: left === 0 };
  };
}

const takesNothing: Taker = () => undefined;

/** Keeps the first bytes of what it takes. */
function createStart() {
  let kept: Buffer | undefined;
  let length = 0;
  return {
    take(content: Buffer): void {
      kept ??= Buffer.allocUnsafe(maxWordsBytes);
      length += content.copy(kept, length);
    },
    bytes: (): Buffer => kept?.subarray(0, length) ?? Buffer.alloc(0),
    isFull: () => length === maxWordsBytes,
  };
}

const isRefusal = ({ status }: AnswerHead): boolean => status >= 300;

export function createAnswerReader(): AnswerReader {
  /** Of a head that isn't whole. One byte is one character. */
  let text = '';
  let parsed: ParsedHead | undefined;
  let body: ReturnType<typeof createBody> | undefined;
  let isWhole = true;
  /** Of the body of a refusal. */
  let start: ReturnType<typeof createStart> | undefined;

  /** Gives what follows the head; undefined while that is not whole. */
  function takeHead(bytes: Buffer): Buffer | undefined {
    const before = text.length;
    text += bytes.toString('latin1', 0, Math.min(bytes.length, largestHead));
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      if (text.length >= largestHead) throw new NotHttp('a head without an end');
      return undefined;
    }
    const found = parseHead(text.slice(0, end));
    const rest = bytes.subarray(end + 4 - before);
    text = '';
    // 100 Continue and its like come before the answer.
    if (found.head.status < 200) return takeHead(rest);
    parsed = found;
    start = isRefusal(found.head) ? createStart() : undefined;
    body = createBody(found.body, start?.take ?? takesNothing);
    return rest;
  }

  return {
    begin() {
      text = '';
      parsed = undefined;
      body = undefined;
      start = undefined;
      isWhole = false;
    },
    take(bytes) {
      if (isWhole) throw new NotHttp('an answer that nobody asked for');
      const rest = body ? bytes : takeHead(bytes);
      if (!rest || !body) return false;
      const taken = body(rest);
      isWhole = taken.isWhole;
      if (isWhole && taken.used < rest.length) throw new NotHttp('more than one answer');
      return isWhole;
    },
    ended: () => parsed?.body.kind === 'until the end',
    head: () => parsed?.head,
    words: () => start && wordsOfRefusal(start.bytes(), parsed?.contentType),
    hasMoreToSay: () => !isWhole && start?.isFull() === false,
    keepMs: () => (!parsed || parsed.body.kind === 'until the end' ? 0 : parsed.keepMs),
  };
}
