import type { Signer } from '@blog/kit';
import type { StoredEvent } from '../log/event-log';
import type { Clock } from './clock';
import { authorizationOf } from './endpoint-secrets';
import type { RequestText } from './http/connection';
import { type ConnectionPool, createConnectionPool } from './http/connection-pool';
import { lookForServer } from './http/look-for-server';
import type { Answer } from './outcome';
import { traceHeadersOf } from './trace-headers';

/** One POST to one endpoint. */
export interface Push {
  url: string;
  events: readonly StoredEvent[];
  /** `array`: a CloudEvents batch, even of one event. `single`: the one event itself, the classic form. */
  form: 'single' | 'array';
  /** 1 for the first try of these events. */
  attempt: number;
}

/** A push under way. Its answer never rejects. */
export interface SentPush {
  answer: Promise<Answer>;
  /** Whether the request has been written to a connection. */
  isWritten(): boolean;
  /** Gives it up; the answer then comes at once. It is the real one, if its head is there. */
  abort(reason: string): void;
}

/** Sends a push. What belongs around it (the time-out) wraps this function. */
export type Send = (push: Push) => SentPush;

export interface Sender {
  send: Send;
  /** Looks whether a server is there, without a request. It is if an answer comes. */
  knock: (url: string) => SentPush;
  close(): void;
}

const mediaTypes = { single: 'application/json', array: 'application/cloudevents-batch+json' };

function bodyOf({ events, form }: Push): string {
  const texts = events.map(({ text }) => text);
  return form === 'array' ? `[${texts.join(',')}]` : texts.join('');
}

/** An id as a header can hold it: where it has other characters, it is percent-encoded, and a percent sign is one. */
function headerId(id: string): string {
  return /^[\x21\x23\x24\x26-\x7e]*$/.test(id) ? id : encodeURIComponent(id);
}

/** Where pushes to a URL go. */
interface Target {
  pool: ConnectionPool;
  url: URL;
  /** Header lines with the URL's credentials. */
  authorization: readonly string[];
}

/** A batch is signed under the id of its first event. Each attempt is signed anew: its time counts. */
function requestOf({ url, authorization }: Target, push: Push, signer: Signer | undefined): RequestText {
  const body = bodyOf(push);
  const bytes = Buffer.byteLength(body);
  const id = push.events[0]?.id ?? '';
  const signature = signer ? Object.entries(signer.sign({ id: headerId(id), body, now: new Date() })) : [];
  const lines = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    'connection: keep-alive',
    ...authorization,
    `content-type: ${mediaTypes[push.form]}`,
    `content-length: ${bytes}`,
    `delivery-attempt: ${push.attempt}`,
    ...traceHeadersOf(push.events),
    ...signature.map(([name, value]) => `${name}: ${value}`),
  ];
  // Everything before the body is ASCII.
  return { text: `${lines.join('\r\n')}\r\n\r\n${body}`, isAscii: bytes === body.length };
}

function post(pool: ConnectionPool, request: RequestText): SentPush {
  let written = false;
  let gaveUp: string | undefined;
  let give: (answer: Answer) => void = () => undefined;
  const answer = new Promise<Answer>((resolve) => (give = resolve));
  const sent = pool.send({
    request,
    written: () => void (written = true),
    answered: (head) => give({ kind: 'answered', ...head }),
    failed(reason) {
      if (written) give({ kind: 'broken', reason: gaveUp ?? `the connection broke (${reason})` });
      else give({ kind: 'unreachable', reason: gaveUp ?? `no connection (${reason})` });
    },
  });
  return {
    answer,
    isWritten: () => written,
    abort(reason) {
      gaveUp = reason;
      // An answer whose head is there counts nevertheless.
      sent.abort(reason);
    },
  };
}

/**
 * Sends over HTTP/1.1 with connections that are kept and used again. Redirects are not followed.
 * With a signer, every push is signed as Standard Webhooks says.
 */
export function createHttpSender({ connections, signer }: { connections: number; signer: Signer | undefined }): Sender {
  const pools = new Map<string, ConnectionPool>();
  /** By URL, which is read once: each push comes here. */
  const targets = new Map<string, Target>();

  function openPool(url: URL): ConnectionPool {
    const pool = createConnectionPool(url, { most: connections });
    pools.set(url.origin, pool);
    return pool;
  }

  function targetOf(text: string): Target {
    let target = targets.get(text);
    if (!target) {
      const url = new URL(text);
      target = { pool: pools.get(url.origin) ?? openPool(url), url, authorization: authorizationOf(url) };
      targets.set(text, target);
    }
    return target;
  }

  return {
    send(push) {
      const target = targetOf(push.url);
      return post(target.pool, requestOf(target, push, signer));
    },
    knock: (text) => lookForServer(new URL(text)),
    close() {
      for (const pool of pools.values()) pool.close();
    },
  };
}

/** A timer that rings so much too late tells that the whole process was stopped, and perhaps others with it. */
const sleptMs = 1_000;
/** Timers ring before sockets are read: after a pause the answer may lie there. So there is a last look, after this. */
const lastLookMs = 20;

/** Turns silence into an answer. */
export function withTimeout<Given extends unknown[]>(
  send: (...given: Given) => SentPush,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): (...given: Given) => SentPush {
  return (...given) => {
    const sent = send(...given);
    const answer = new Promise<Answer>((resolve) => {
      let cancel = (): void => undefined;
      let silence: Answer | undefined;
      const wait = (ms: number, isLast: boolean): void => {
        const due = clock.now() + ms;
        cancel = clock.schedule(ms, () => {
          if (clock.now() - due > sleptMs) return wait(Math.min(timeoutMs, sleptMs), true);
          if (!isLast) return wait(lastLookMs, true);
          silence = { kind: 'silent', afterMs: timeoutMs, written: sent.isWritten() };
          sent.abort('given up');
        });
      };
      wait(timeoutMs, false);
      void sent.answer.then((came) => {
        cancel();
        resolve(silence && came.kind !== 'answered' ? silence : came);
      });
    });
    return { ...sent, answer };
  };
}
