import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { problem, sendProblem } from './problem-json';

/** A request whose body has begun to come. */
interface Held {
  req: IncomingMessage;
  res: ServerResponse;
  bytes: number;
  since: number;
  isRefused: boolean;
}

const retryAfterSeconds = 1;
/** So long whoever is refused may go on sending, so that it reads the answer before its connection is gone. */
const lingerMs = 1_000;

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Sees the bytes of a body as they come from the connection, before anybody reads them; what `pass` refuses is dropped. */
function watchBody(req: IncomingMessage, pass: (chunk: Buffer | null) => boolean): void {
  const push = req.push.bind(req);
  req.push = (chunk: Buffer | null, encoding) => (pass(chunk) ? push(chunk, encoding) : true);
}

/** Answers 503 in the app's place; the rest of the body is dropped, and the app learns that the request was cut off. */
function refuse(one: Held): void {
  const { req, res } = one;
  one.isRefused = true;
  if (res.headersSent) return void req.socket.destroy();
  res.setHeader('Retry-After', retryAfterSeconds);
  sendProblem(res, problem(503, { detail: 'Too many large requests are under way; nothing of this one was done.' }));
  const linger = setTimeout(() => req.socket.destroy(), lingerMs);
  req.socket.once('close', () => clearTimeout(linger));
}

/**
 * Bounds what the bodies under way take of the memory, over all connections of a server: from the first byte of a body until
 * its request is answered. Beyond `maxBytes` the request that holds most for longest is answered with 503 and `Retry-After`,
 * so that a few that send slowly keep nobody else out.
 */
export function withinBodyBudget(app: RequestListener, { maxBytes }: { maxBytes: number }): RequestListener {
  const held = new Set<Held>();
  let bytes = 0;

  function release(one: Held): void {
    if (held.delete(one)) bytes -= one.bytes;
  }

  /** One whose body is whole is left alone: what it asks for may be done already. */
  function heaviest(now: number): Held | undefined {
    const weightOf = ({ since, bytes: size }: Held): number => size * (now - since + 1);
    return [...held]
      .filter(({ req }) => !req.complete)
      .reduce<Held | undefined>((most, one) => (most && weightOf(most) >= weightOf(one) ? most : one), undefined);
  }

  function makeRoom(): void {
    for (let most = heaviest(performance.now()); bytes > maxBytes && most; most = heaviest(performance.now())) {
      release(most);
      refuse(most);
    }
  }

  function watch(req: IncomingMessage, res: ServerResponse): void {
    const one: Held = { req, res, bytes: 0, since: performance.now(), isRefused: false };
    held.add(one);
    watchBody(req, (chunk) => {
      // Whoever is answered already, by the app, has its rest thrown away by Node.
      if (chunk && held.has(one)) {
        one.bytes += chunk.length;
        bytes += chunk.length;
        if (bytes > maxBytes) makeRoom();
      }
      // The end of what was dropped must not be taken for the end of a whole body.
      if (one.isRefused && !chunk) req.socket.destroySoon();
      return !one.isRefused;
    });
    res.once('close', () => release(one));
  }

  return (req, res) => {
    if (hasBody(req)) watch(req, res);
    app(req, res);
  };
}
