import type { Logger } from '@blog/kit';
import type { Response } from 'express';
import type { Change, ChangeLog } from './change-log';

export interface LiveStream {
  /**
   * Streams changes to a reader as server-sent events, from after a change's number on (a reconnecting browser says it
   * in `Last-Event-ID`), of one post or of all. A reader that is slow is read for at its own pace, from the database.
   */
  open(res: Response, options: { after?: number; postId?: string }): Promise<void>;
  /** Call it after a commit that changed the read model. */
  announce(): void;
  /** Ends every stream; browsers will connect again. */
  close(): void;
}

interface Reader {
  res: Response;
  postId?: string;
  position: number;
  /** Whether a loop is feeding this reader at the moment; one that comes meanwhile asks it for another round. */
  feeding: boolean;
  again: boolean;
}

const pageSize = 100;
const pingMs = 15_000;
const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };

export function createLiveStream({ changes, logger }: { changes: ChangeLog; logger: Logger }): LiveStream {
  const readers = new Set<Reader>();
  let closed = false;
  const ping = setInterval(() => {
    for (const { res } of readers) if (!res.writableNeedDrain) res.write(': ping\n\n');
  }, pingMs);

  async function feed(reader: Reader): Promise<void> {
    if (reader.feeding) {
      reader.again = true;
      return;
    }
    reader.feeding = true;
    try {
      do {
        reader.again = false;
        do await drained(reader.res);
        while (readers.has(reader) && (await feedPage(reader)));
      } while (reader.again);
    } catch (error) {
      logger.error({ err: error }, 'a live stream ended');
      reader.res.end();
    } finally {
      reader.feeding = false;
    }
  }

  /** Writes what comes next; false where nothing is left for now. */
  async function feedPage(reader: Reader): Promise<boolean> {
    const page = await changes.after(reader.position, pageSize);
    if (!page) {
      reader.position = await changes.newest();
      reader.res.write(`id: ${reader.position}\nevent: reset\ndata: {}\n\n`);
      return false;
    }
    for (const change of page) {
      reader.position = change.number;
      if (reader.postId === undefined || reader.postId === change.postId) reader.res.write(messageOf(change));
    }
    return page.length === pageSize;
  }

  return {
    async open(res, { after, postId }) {
      const position = after ?? (await changes.newest());
      // It may have gone meanwhile, and nothing would tell us any more.
      if (res.destroyed) return;
      res.writeHead(200, headers);
      // An id alone moves the browser's Last-Event-ID, so that it misses nothing even before its first message.
      res.write(`retry: 1000\nid: ${position}\n\n`);
      if (closed || res.req.method === 'HEAD') return void res.end();
      const reader: Reader = { res, postId, position, feeding: false, again: false };
      readers.add(reader);
      res.on('close', () => readers.delete(reader));
      await feed(reader);
    },
    announce() {
      for (const reader of readers) void feed(reader);
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

/** Waits while the reader has not taken what was written. */
async function drained(res: Response): Promise<void> {
  if (!res.writableNeedDrain) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      res.off('drain', go);
      res.off('close', go);
      resolve();
    };
    res.on('drain', go);
    res.on('close', go);
  });
}
