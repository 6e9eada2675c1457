import { connect as connectPlain, isIP, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type AnswerHead, createAnswerReader } from './answer-reader';

/** A whole request. */
export interface RequestText {
  text: string;
  /** Then it is written without a look at each character, in half of the time. */
  isAscii: boolean;
}

export interface HttpAnswer extends AnswerHead {
  /** What the subscriber says of its refusal. */
  detail?: string;
}

/** One request, and whoever waits for its answer. Exactly one of `answered` and `failed` is called, once. */
export interface Exchange {
  request: RequestText;
  /** It is on its way: the server may see it. */
  written(): void;
  answered(answer: HttpAnswer): void;
  /** No answer came, or no whole head of one. */
  failed(reason: string): void;
}

export interface Connection {
  /** Sends a request. Only one at a time, and only while `isUsable`. */
  send(exchange: Exchange): void;
  /** Whether it is still open, and has not been idle for so long that the server may just be closing it. */
  isUsable(): boolean;
  destroy(reason: string): void;
}

export interface ConnectionEvents {
  /** The answer of what was sent is read: it can be used again. */
  onIdle(connection: Connection): void;
  /** It is gone for good, or never came about. Comes once. */
  onGone(connection: Connection): void;
}

const connectTimeoutMs = 3_000;
/** An answer's body is read, so that the connection can be used again, but not more of it and not longer than this. */
const longestBody = 64 * 1024;
const bodyTimeoutMs = 1_000;
/** A refusal counts at the latest so long after its head, even if it has not said all by then. */
const wordsTimeoutMs = 100;
const bufferSize = 8 * 1024;

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function openSocket({ protocol, hostname, port }: URL, onBytes: (bytes: Buffer) => void): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = protocol === 'https:';
  const options: TcpSocketConnectOpts = {
    ...{ host, port: port === '' ? (isTls ? 443 : 80) : Number(port), noDelay: true },
    // One buffer for all that comes: a stream would make a new one for each read.
    onread: {
      buffer: Buffer.allocUnsafe(bufferSize),
      callback(length, buffer) {
        onBytes(Buffer.from(buffer.buffer, buffer.byteOffset, length));
        return true;
      },
    },
  };
  if (!isTls) return connectPlain(options);
  return connectTls({ ...options, ...(isIP(host) ? {} : { servername: host }), ALPNProtocols: ['http/1.1'] });
}

/** Opens a connection and sends a first request over it, as soon as it is there. */
export function createConnection(origin: URL, first: Exchange, { onIdle, onGone }: ConnectionEvents): Connection {
  const reader = createAnswerReader();
  let waiting: Exchange | undefined = first;
  let isGone = false;
  let usableUntil = Infinity;
  let bodyLength = 0;
  let bodyTimer: NodeJS.Timeout | undefined;
  let wordsTimer: NodeJS.Timeout | undefined;

  const socket = openSocket(origin, onBytes);
  const connectTimer = setTimeout(() => gone('it does not come about'), connectTimeoutMs);
  socket.once(origin.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
    clearTimeout(connectTimer);
    if (waiting) write(waiting);
  });
  socket.on('error', (error) => gone(codeOf(error)));
  socket.on('close', () => gone('closed'));

  function write({ request, written }: Exchange): void {
    reader.begin();
    bodyLength = 0;
    written();
    socket.write(request.text, request.isAscii ? 'latin1' : 'utf8');
  }

  /** Tells of the answer, if its head is there and that was not told yet. */
  function answered(): void {
    const head = reader.head();
    const exchange = waiting;
    if (!head || !exchange) return;
    clearTimeout(wordsTimer);
    wordsTimer = undefined;
    waiting = undefined;
    const detail = reader.words();
    exchange.answered(detail === undefined ? head : { ...head, detail });
  }

  function onBytes(bytes: Buffer): void {
    if (isGone) return;
    try {
      const isWhole = reader.take(bytes);
      if (!reader.head()) return;
      if (isWhole) finish();
      else readOn(bytes.length);
      if (!reader.hasMoreToSay()) answered();
      else if (waiting) wordsTimer ??= setTimeout(answered, wordsTimeoutMs);
      if (isWhole && !isGone) onIdle(connection);
    } catch (error) {
      gone(error instanceof Error ? error.message : String(error));
    }
  }

  /** A 2xx counts as soon as its head is there; the rest of it only decides whether the connection can be used again. */
  function readOn(length: number): void {
    bodyLength += length;
    if (bodyLength > longestBody) return gone('the answer is too long');
    bodyTimer ??= setTimeout(() => gone('the answer does not end'), bodyTimeoutMs);
  }

  function finish(): void {
    clearTimeout(bodyTimer);
    bodyTimer = undefined;
    const keepMs = reader.keepMs();
    // An answer that came before the request was sent to its end: the rest of that would be taken for the next one.
    if (keepMs === 0 || socket.writableLength > 0) gone('not kept');
    else usableUntil = performance.now() + keepMs;
  }

  function gone(reason: string): void {
    if (isGone) return;
    isGone = true;
    clearTimeout(connectTimer);
    clearTimeout(bodyTimer);
    socket.destroy();
    onGone(connection);
    answered();
    const exchange = waiting;
    waiting = undefined;
    exchange?.failed(reason);
  }

  const connection: Connection = {
    send(exchange) {
      waiting = exchange;
      write(exchange);
    },
    isUsable: () => !isGone && performance.now() < usableUntil,
    destroy: gone,
  };
  return connection;
}
