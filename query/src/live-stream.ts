import { type Logger, TooManyRequests, Unavailable } from '@blog/kit';
import type { Response } from 'express';
import type { Change, ChangeLog } from './change-log';

export interface LiveStream {
  /**
   * Streams changes to a reader as server-sent events, from after a change's number on (a reconnecting browser says it
   * in `Last-Event-ID`), of one post or of all. A reader that is slow is read for at its own pace, from the database;
   * one that takes nothing for a minute is cut off. `reader` is what the reader counts by, if it counts. Throws Unavailable if
   * there are too many readers, TooManyRequests if too many of them are this one.
   */
  open(
    res: Response,
    options: { after?: number | undefined; postId?: string | undefined; reader?: string | undefined },
  ): void;
  /** Call it after a commit that changed the read model. */
  announce(): void;
  /** Ends every stream; browsers will connect again. */
  close(): void;
}

interface Reader {
  res: Response;
  postId: string | undefined;
  /** What it counts by. */
  name: string | undefined;
  /** The change up to which it was read for. */
  position: number;
  /** The change up to which the reader knows that it was: what it will send as `Last-Event-ID`. */
  told: number;
  /** How many pings in a row found it with something that it had not taken. */
  stuckFor: number;
}

interface Page {
  after: number;
  messages: { number: number; postId: string; text: string }[] | undefined;
}

const pageSize = 100;
const pingMs = 15_000;
const mostStuckPings = 4;
/** So many changes that a reader doesn't want may pass before it is told where it stands; the log keeps ten times more. */
const mostUntold = 1_000;
const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };

export interface LiveStreamOptions {
  changes: ChangeLog;
  logger: Logger;
  mostReaders?: number;
  /** Of one address: a household or an office with some pages open each. */
  mostOfOne?: number;
}

export function createLiveStream(options: LiveStreamOptions): LiveStream {
  const { changes, logger, mostReaders = 1_000, mostOfOne = 50 } = options;
  const readers = new Set<Reader>();
  let closed = false;
  /** The page that was read last: most readers stand at the same place. */
  let latest: Page | undefined;
  const ping = setInterval(() => readers.forEach(keepAlive), pingMs);

  function pageAfter(after: number): Page['messages'] {
    if (latest?.after !== after) {
      const page = changes.after(after, pageSize);
      const messages = page?.map((change) => ({ ...change, text: messageOf(change) }));
      latest = { after, messages };
    }
    return latest.messages;
  }

  function tellPlace(reader: Reader): void {
    reader.told = reader.position;
    // An id alone moves the browser's Last-Event-ID, so that it misses nothing even without a message.
    reader.res.write(`id: ${reader.position}\n\n`);
  }

  function keepAlive(reader: Reader): void {
    if (reader.res.writableNeedDrain) {
      reader.stuckFor += 1;
      if (reader.stuckFor >= mostStuckPings) reader.res.destroy();
      return;
    }
    reader.stuckFor = 0;
    if (reader.told < reader.position) tellPlace(reader);
    else reader.res.write(': ping\n\n');
  }

  /** Writes what comes next, until nothing is left or the reader has to take it first. */
  function feed(reader: Reader): void {
    try {
      while (readers.has(reader) && !reader.res.writableNeedDrain && feedPage(reader));
    } catch (error) {
      logger.error({ err: error }, 'a live stream ended');
      readers.delete(reader);
      reader.res.end();
    }
  }

  /** False where nothing is left for now. */
  function feedPage(reader: Reader): boolean {
    const page = pageAfter(reader.position);
    if (!page) {
      reader.told = reader.position = changes.newest();
      reader.res.write(`id: ${reader.position}\nevent: reset\ndata: {}\n\n`);
      return false;
    }
    for (const { number, postId, text } of page) {
      reader.position = number;
      if (reader.postId !== undefined && reader.postId !== postId) continue;
      reader.told = number;
      reader.res.write(text);
    }
    if (reader.position - reader.told >= mostUntold) tellPlace(reader);
    return page.length > 0 && reader.position < changes.newest();
  }

  const countOf = (name: string): number => [...readers].filter((reader) => reader.name === name).length;

  return {
    open(res, { after, postId, reader: name }) {
      if (name !== undefined && countOf(name) >= mostOfOne) {
        throw new TooManyRequests('Too many streams are open at your address.', 30);
      }
      if (readers.size >= mostReaders) throw new Unavailable('Too many readers follow the stream now.', 30);
      const position = after ?? changes.newest();
      res.writeHead(200, headers);
      res.write(`retry: 1000\nid: ${position}\n\n`);
      if (closed || res.req.method === 'HEAD') return void res.end();
      const reader: Reader = { res, postId, name, position, told: position, stuckFor: 0 };
      readers.add(reader);
      res.on('drain', () => feed(reader));
      res.on('close', () => readers.delete(reader));
      feed(reader);
    },
    announce() {
      latest = undefined;
      for (const reader of readers) feed(reader);
    },
    close() {
      closed = true;
      clearInterval(ping);
      for (const { res } of readers) res.end();
      readers.clear();
    },
  };
}

function messageOf({ number, kind, data }: Change): string {
  return `id: ${number}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
