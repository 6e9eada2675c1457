import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPush {
  headers: IncomingHttpHeaders;
  /** The body as it came in. */
  text: string;
  body: unknown;
  /** The events of the body, one or several. */
  events: { id: string; type: string; sequence: number; partitionkey: string; data: Record<string, unknown> }[];
}

export interface SubscriberServer {
  url: string;
  pushes: ReceivedPush[];
  /** The `data.n` of the events that it answered with 2xx, in their order. */
  handled(): unknown[];
  /** The events that it answered with 2xx, in their order. */
  handledEvents: ReceivedPush['events'];
  /** Decides the status of an answer, at once or later; undefined leaves the request without one. */
  answer: (push: ReceivedPush) => number | undefined | Promise<number | undefined>;
  /** Resolves once that is so; it is looked at after each push. */
  until(isSo: () => boolean): Promise<void>;
  /** Closes the port; what was in flight is cut off. */
  stop(): Promise<void>;
  /** Opens the same port again. */
  start(): Promise<void>;
}

function readPush(req: IncomingMessage, take: (push: ReceivedPush) => void): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const text = Buffer.concat(chunks).toString();
    const body = JSON.parse(text) as ReceivedPush['events'][number];
    take({ headers: req.headers, text, body, events: [body].flat() });
  });
}

/** Facts that somebody waits for; they are looked at when something happened. */
function createFacts(): Pick<SubscriberServer, 'until'> & { look: () => void } {
  let waiting: { isSo: () => boolean; resolve: () => void }[] = [];

  function look(): void {
    const [so, notSo] = [waiting.filter(({ isSo }) => isSo()), waiting.filter(({ isSo }) => !isSo())];
    waiting = notSo;
    for (const { resolve } of so) resolve();
  }

  return {
    look,
    until: (isSo) =>
      new Promise((resolve) => {
        waiting.push({ isSo, resolve });
        look();
      }),
  };
}

/** A subscriber in the manner of any small service: one server, one port, `POST /events`. */
export async function runSubscriber(): Promise<SubscriberServer> {
  let server: Server | undefined;
  let port = 0;
  const { look, until } = createFacts();

  function give(push: ReceivedPush, res: ServerResponse, status: number | undefined): void {
    if (status !== undefined) res.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('{}');
    if (status === 200) subscriber.handledEvents.push(...push.events);
    look();
  }

  function take(push: ReceivedPush, res: ServerResponse): void {
    subscriber.pushes.push(push);
    const status = subscriber.answer(push);
    if (typeof status === 'object') void status.then((later) => give(push, res, later));
    else give(push, res, status);
    look();
  }

  const subscriber: SubscriberServer = {
    url: '',
    pushes: [],
    handledEvents: [],
    handled: () => subscriber.handledEvents.map(({ data }) => data?.['n']),
    answer: () => 200,
    until,
    async stop() {
      const closing = server;
      server = undefined;
      await new Promise((resolve) => {
        closing?.close(resolve);
        closing?.closeAllConnections();
        if (!closing) resolve(undefined);
      });
    },
    async start() {
      // Before some events the bus asks whether anybody is there.
      const opening = createServer((req, res) =>
        req.method === 'HEAD' ? res.end() : readPush(req, (push) => take(push, res)),
      );
      await new Promise<void>((resolve) => opening.listen(port, '127.0.0.1', resolve));
      server = opening;
      ({ port } = opening.address() as AddressInfo);
      subscriber.url = `http://127.0.0.1:${port}/events`;
    },
  };
  await subscriber.start();
  return subscriber;
}
