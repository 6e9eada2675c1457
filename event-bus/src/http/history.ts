import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { CatchUp } from '../catch-up/catch-up';
import { DamagedRecord, type EventLog, type LogRange, type StoredEvent } from '../log/event-log';
import { linkNext } from './next-link';

/** A read takes so much at a time, so that it holds little memory and never blocks the process for long. */
const readAtOnce = { limit: 256, maxSize: 1024 * 1024 };
const largestPage = 1_000;
/** A page ends early with the event that reaches so many characters; its `Link` leads on. */
const largestPageSize = 8 * 1024 * 1024;

const wholeNumber = z.coerce.number('must be a number').int('must be a whole number');
const text = z.string('must be given once').min(1, 'must not be empty');

/** Gives ms since 1970. */
const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment, as 2026-01-31T12:00:00Z (and %2B for a plus in a URL)' })
  .max(40)
  .transform((text) => Date.parse(text));

export const PageQuery = z.object({
  after: wholeNumber.min(0, 'must not be negative').default(0),
  limit: wholeNumber
    .min(1, 'must be at least 1')
    .max(largestPage, `must be at most ${largestPage}`)
    .default(largestPage),
  type: z.union([text.transform((one) => [one]), z.array(text)]).optional(),
  key: text.optional(),
  since: moment.optional(),
});

/** Reads the log piece by piece up to its present head, or another one. Ends early when `goOn` says so. */
async function* pieces(
  log: EventLog,
  { after, types, key }: Pick<LogRange, 'after' | 'types' | 'key'>,
  goOn: () => boolean,
  head = log.head(),
): AsyncGenerator<{ events: StoredEvent[]; upTo: number }> {
  const filter = { ...(types ? { types } : {}), ...(key === undefined ? {} : { key }) };
  for (let upTo = after; upTo < head && goOn();) {
    const page = await log.read({ after: upTo, upTo: head, ...readAtOnce, ...filter });
    upTo = page.upTo;
    yield page;
    await nextTurn();
  }
}

/** Writes, and waits for a slow reader. One that went away never drains. */
async function write(res: Response, chunk: string): Promise<void> {
  if (res.write(chunk) || res.destroyed) return;
  await new Promise<void>((resolve) => {
    const goOn = (): void => {
      res.off('drain', goOn).off('close', goOn);
      resolve();
    };
    res.on('drain', goOn).on('close', goOn);
  });
}

async function streamAll(log: EventLog, head: number, res: Response): Promise<void> {
  res.type('application/json');
  let separator = '[';
  for await (const { events } of pieces(log, { after: 0 }, () => !res.destroyed, head)) {
    if (events.length === 0) continue;
    await write(res, separator + events.map((event) => event.text).join(',\n'));
    separator = ',\n';
  }
  res.end(separator === '[' ? '[]' : ']');
}

async function sendPage(log: EventLog, req: Request, res: Response): Promise<void> {
  const { after: afterSequence, since, limit, type, key } = PageQuery.parse(req.query);
  const after = since === undefined ? afterSequence : Math.max(afterSequence, (await log.firstSince(since)) - 1);
  const range = { after, ...(type ? { types: type } : {}), ...(key === undefined ? {} : { key }) };
  const found: StoredEvent[] = [];
  let size = 0;
  const isFull = (): boolean => found.length >= limit || size >= largestPageSize;
  let last = after;
  let isCut = false;
  try {
    for await (const { events, upTo } of pieces(log, range, () => !isFull() && !res.destroyed)) {
      const taken = events.slice(0, limit - found.length);
      found.push(...taken);
      size += taken.reduce((sum, event) => sum + event.text.length, 0);
      last = taken.length < events.length ? (taken.at(-1)?.sequence ?? last) : upTo;
    }
  } catch (error) {
    // What is before the damage is given; the next page begins with it, and says so.
    if (!(error instanceof DamagedRecord) || last === after) throw error;
    isCut = true;
  }
  if ((isFull() || isCut) && last < log.head()) linkNext(req, res, last);
  res.type('application/json').send(`[${found.map((event) => event.text).join(',\n')}]`);
}

/** The longest that a subscriber may take to read the history, ms. */
const longestReadMs = 60_000;

/**
 * Resolves when the reader has ended the connection: with true if it has read everything before. That is sure only if it is
 * the reader who ends it, once it is told that no other request can follow. Call it before anything is answered.
 */
function readToTheEnd({ socket }: Request, res: Response): Promise<boolean> {
  res.setHeader('Connection', 'close');
  // Node would close the whole connection once all is written; nobody would know what of it has been read.
  socket.destroySoon = () => socket.end();
  const tooLong = setTimeout(() => socket.destroy(), longestReadMs);
  return new Promise((resolve) => {
    socket.once('close', (hadError) => {
      clearTimeout(tooLong);
      resolve(!hadError && socket.readableEnded && res.writableFinished);
    });
  });
}

async function sendAll({ log, catchUp }: HistoryDeps, req: Request, res: Response): Promise<void> {
  const reader = { address: req.socket.remoteAddress ?? '', userAgent: req.get('User-Agent') ?? '' };
  const read = req.method === 'GET' ? await catchUp.beginRead(reader) : undefined;
  await read?.ready;
  const head = log.head();
  if (read) void readToTheEnd(req, res).then((isRead) => read.end(isRead ? head : undefined));
  await streamAll(log, head, res);
}

interface HistoryDeps {
  log: EventLog;
  catchUp: Pick<CatchUp, 'beginRead'>;
}

/**
 * `GET /events`: a bare array of all events, oldest first, streamed. With any of `after`, `since` (a time: the
 * events that were stored then or later), `limit`, `type` (may be repeated) and `key` it is a page, with
 * `Link: <…>; rel="next"` while there may be more. 400 names the field at fault; 500 names a damaged event, with
 * which the page would begin: `after` leads past it.
 * A subscriber that is just back and reads all gets nothing of it pushed: see `catch-up/gate.ts`.
 */
export function historyRoute(deps: HistoryDeps): RequestHandler {
  return async (req, res) => {
    const isPage = Object.keys(PageQuery.shape).some((name) => req.query[name] !== undefined);
    if (isPage) await sendPage(deps.log, req, res);
    else await sendAll(deps, req, res);
  };
}
