import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface NumberedEvent {
  partitionkey: string;
  data: { n: number };
}

/** A subscriber that keeps everything in memory, and perhaps reads the whole history whenever it starts. */
export interface Historian {
  readonly url: string;
  /** `data.n` of what it has read and what was pushed to it, since its last start. */
  readonly seen: number[];
  /** How many pushes it has had, over all of its lives. */
  readonly pushes: number;
  start(): Promise<void>;
  /** As a kill does: what it knew is gone, and its connections are. */
  kill(): Promise<void>;
}

export interface HistorianOptions {
  /** How it reads the history when it starts; undefined: it reads nothing. */
  readHistory?: () => Promise<NumberedEvent[]>;
  /** What it answers to a push. */
  status?: (event: NumberedEvent) => number;
  headers?: Record<string, string>;
}

async function bodyOf(req: IncomingMessage): Promise<NumberedEvent> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as NumberedEvent;
}

export function createHistorian({ readHistory, status = () => 200, headers = {} }: HistorianOptions): Historian {
  let server: Server | undefined;
  let port = 0;
  let seen: number[] = [];
  let pushes = 0;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method !== 'POST') return void res.writeHead(404, headers).end();
    const event = await bodyOf(req);
    pushes += 1;
    const code = status(event);
    if (code === 200) seen.push(event.data.n);
    res.writeHead(code, headers).end('{}');
  }

  return {
    get url() {
      return `http://127.0.0.1:${port}/events`;
    },
    get seen() {
      return seen;
    },
    get pushes() {
      return pushes;
    },
    async start() {
      seen = [];
      const opening = createServer((req, res) => void answer(req, res));
      await new Promise<void>((resolve) => opening.listen(port, '127.0.0.1', resolve));
      ({ port } = opening.address() as AddressInfo);
      server = opening;
      const history = await readHistory?.();
      seen.push(...(history ?? []).map(({ data }) => data.n));
    },
    async kill() {
      const closing = server;
      server = undefined;
      await new Promise<void>((resolve) => {
        if (!closing) return resolve();
        closing.close(() => resolve());
        closing.closeAllConnections();
      });
    },
  };
}
