import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isFromPage, type Logger, sendError, type TrackRequest } from '@blog/kit';
import { largestRequest, type Publish } from './publish';
import { createTurns } from './turns';

/** A body from this size on, bytes, takes so long to read that several in one turn of the event loop would be felt. */
const large = 16 * 1024;

/** Whether nothing has to be said or done about a publish before its bytes are read, by its first lines alone. */
function isPlain({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === '/events' &&
    !isFromPage({ headers }) &&
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length']) <= largestRequest
  );
}

function whenRead(req: IncomingMessage, use: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  // One that is cut off never ends: nobody is there to be answered.
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => use(Buffer.concat(chunks)));
}

function sendJson(res: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  res.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': bytes });
  // ASCII, as it mostly is, needs no look at each character.
  res.end(text, bytes === text.length ? 'latin1' : 'utf8');
}

/**
 * Answers a plain `POST /events` by itself: reading the body through Express would cost more than storing and
 * delivering the event. Everything else is `otherwise`'s, also a publish that is a page's, compressed, chunked, too large
 * or has a query. Both call the same `publish`, track requests and answer errors alike; what the answers mean stands at
 * `publishRoute`.
 */
export function createPublishListener({
  publish,
  trackRequest,
  logger,
  otherwise,
}: {
  publish: Publish;
  trackRequest: TrackRequest;
  logger: Logger;
  otherwise: RequestListener;
}): RequestListener {
  const inTurn = createTurns();
  return (req, res) => {
    if (!isPlain(req)) return otherwise(req, res);
    trackRequest(req, res, () => '/events');
    whenRead(req, (body) => {
      const store = (): void =>
        void publish({ headers: req.headers, body }).then(
          ({ answer }) => sendJson(res, answer),
          (error: unknown) => sendError(error, { req, res, logger }),
        );
      if (body.length < large) store();
      else inTurn(store);
    });
  };
}
