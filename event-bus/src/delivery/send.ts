import type { IncomingHttpHeaders } from 'node:http';
import type { Signer } from '@blog/kit';
import { Pool } from 'undici';
import type { StoredEvent } from '../log/event-log';
import type { Clock } from './clock';
import type { Answer } from './outcome';

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
  /** Gives it up; the answer then comes at once. */
  abort(reason: string): void;
}

/** Sends a push. What belongs around it (the time-out) wraps this function. */
export type Send = (push: Push) => SentPush;

export interface Sender {
  send: Send;
  close(): Promise<void>;
}

/** An answer's body is read, so that the connection can be used again, but not more of it than this. */
const longestAnswer = 64 * 1024;
const connectTimeoutMs = 3_000;
const answerBodyTimeoutMs = 5_000;

const mediaTypes = { single: 'application/json', array: 'application/cloudevents-batch+json' };

function bodyOf({ events, form }: Push): string {
  const texts = events.map(({ text }) => text);
  return form === 'array' ? `[${texts.join(',')}]` : texts.join('');
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

interface PushRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** An id as a header can hold it: where it has other characters, it is percent-encoded, and a percent sign is one. */
function headerId(id: string): string {
  return /^[\x21\x23\x24\x26-\x7e]*$/.test(id) ? id : encodeURIComponent(id);
}

/** A batch is signed under the id of its first event. Each attempt is signed anew: its time counts. */
function requestOf(path: string, push: Push, signer: Signer | undefined): PushRequest {
  const body = bodyOf(push);
  const headers = { 'content-type': mediaTypes[push.form], 'delivery-attempt': String(push.attempt) };
  if (!signer) return { path, headers, body };
  const signature = signer.sign({ id: headerId(push.events[0]?.id ?? ''), body, now: new Date() });
  return { path, headers: { ...headers, ...signature }, body };
}

function post(pool: Pool, request: PushRequest): SentPush {
  let written = false;
  let give: (answer: Answer) => void = () => undefined;
  const answer = new Promise<Answer>((resolve) => (give = resolve));
  let abort: ((reason: Error) => void) | undefined;
  let aborted: Error | undefined;
  let received = 0;
  pool.dispatch(
    { ...request, method: 'POST' },
    {
      onRequestStart(controller) {
        // It was given up while it waited for a connection: sending it now would deliver it twice.
        if (aborted) return controller.abort(aborted);
        written = true;
        abort = (reason) => controller.abort(reason);
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return;
        const retryAfter = headerOf(headers, 'retry-after');
        give({ kind: 'answered', status, ...(retryAfter === undefined ? {} : { retryAfter }) });
      },
      onResponseData(controller, chunk) {
        received += chunk.length;
        if (received > longestAnswer) controller.abort(new Error('the answer is too long'));
      },
      onResponseEnd() {},
      onResponseError(_controller, error) {
        // After the status this changes nothing: the answer has been given.
        const reason = codeOf(error);
        if (written) give({ kind: 'broken', reason: `the connection broke (${reason})` });
        else give({ kind: 'unreachable', reason: `no connection (${reason})` });
      },
    },
  );
  return {
    answer,
    isWritten: () => written,
    abort(reason) {
      aborted = new Error(reason);
      abort?.(aborted);
      give(written ? { kind: 'broken', reason } : { kind: 'unreachable', reason });
    },
  };
}

/**
 * Sends over HTTP/1.1 with connections that are kept and used again. Redirects are not followed.
 * With a signer, every push is signed as Standard Webhooks says.
 */
export function createHttpSender({ connections, signer }: { connections: number; signer?: Signer }): Sender {
  const pools = new Map<string, Pool>();
  /** By URL, which is read once: each push comes here. */
  const targets = new Map<string, { pool: Pool; path: string }>();

  function openPool(origin: string): Pool {
    const pool = new Pool(origin, {
      connections,
      connect: { timeout: connectTimeoutMs },
      // The time to the answer is measured outside, by the clock that everything here follows.
      headersTimeout: 0,
      bodyTimeout: answerBodyTimeoutMs,
    });
    pools.set(origin, pool);
    return pool;
  }

  function targetOf(url: string): { pool: Pool; path: string } {
    let target = targets.get(url);
    if (!target) {
      const { origin, pathname, search } = new URL(url);
      target = { pool: pools.get(origin) ?? openPool(origin), path: `${pathname}${search}` };
      targets.set(url, target);
    }
    return target;
  }

  return {
    send(push) {
      const { pool, path } = targetOf(push.url);
      return post(pool, requestOf(path, push, signer));
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** A timer that rings so much too late tells that the whole process was stopped, and perhaps others with it. */
const sleptMs = 1_000;
/** Timers ring before sockets are read: after a pause the answer may lie there. So there is a last look, after this. */
const lastLookMs = 20;

/** Turns silence into an answer. */
export function withTimeout(send: Send, { clock, timeoutMs }: { clock: Clock; timeoutMs: number }): Send {
  return (push) => {
    const sent = send(push);
    const answer = new Promise<Answer>((resolve) => {
      let cancel = (): void => undefined;
      const wait = (ms: number, isLast: boolean): void => {
        const due = clock.now() + ms;
        cancel = clock.schedule(ms, () => {
          if (clock.now() - due > sleptMs) return wait(Math.min(timeoutMs, sleptMs), true);
          if (!isLast) return wait(lastLookMs, true);
          resolve({ kind: 'silent', afterMs: timeoutMs, written: sent.isWritten() });
          sent.abort('given up');
        });
      };
      wait(timeoutMs, false);
      void sent.answer.then((given) => {
        cancel();
        resolve(given);
      });
    });
    return { ...sent, answer };
  };
}
