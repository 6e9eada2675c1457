import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { type Logger, NotFound, Unavailable } from '@blog/kit';
import axios, { type AxiosResponse, isAxiosError } from 'axios';
import { createEndpoints } from './endpoints';

/** The service took the request, but its answer never came: whether it did what was asked is unknown. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** Whoever asked went away before there was an answer: nothing is wrong, and nobody to be told. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/** Anything that a service may be sent. `path` begins with a slash and includes the query. */
export interface ServiceRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** Aborts the request, and the answer while it streams. */
  signal?: AbortSignal;
  /** Bytes. A body that isn't longer is waited for; of a longer one the rest streams. Without it, all streams. */
  wholeUpTo?: number;
  /** How long the answer is waited for, where that is less than usual. */
  patienceMs?: number;
}

export interface ServiceAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Readable;
  /** The same body, where it was waited for and not too long. */
  whole?: Buffer;
  /** When the service answered so: set on what is given in its place while it is away. */
  asOf?: Date;
}

/** How long answers are waited for, by all replicas together. */
export interface Patience {
  readMs: number;
  writeMs: number;
}

/** Readers wait for 2 s at most, the making of the page included. A write that is given up may be stored all the same. */
export const usualPatience: Patience = { readMs: 1_700, writeMs: 10_000 };

/** A service as the client sees it: one or more replicas under one name. */
export interface Service {
  name: string;
  /**
   * Sends, and gives any answer back, whatever its status; its body must be read or destroyed.
   * Throws `NotFound` for a path with an id that no path can name, `Unavailable` where no replica takes a connection (nothing was sent), {@link AnswerLost} where one did and
   * broke off or took too long, {@link ReaderGone} where the request's signal ended it.
   */
  send(request: ServiceRequest): Promise<ServiceAnswer>;
}

interface ServiceOptions {
  name: string;
  urls: readonly string[];
  logger: Logger;
  now: () => number;
  /** How long the beginning of an answer may take, or all of it ({@link ServiceRequest.wholeUpTo}). A stream may go on. */
  patience?: Patience;
}

/** Nothing has been sent when a connection fails with one of these. */
const notConnected = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTDOWN']);

/** Below the services' keep-alive time-out, so that it is this side that closes an idle connection. */
const agent = new Agent({ keepAlive: true, timeout: 30_000 });

/** A part of a path that any client takes away with the part before it: nothing has such an id, and the rest is another route. */
const dotSegment = /[/\\](?:\.|%2e){1,2}(?=[/\\?#]|$)/i;

/** Throws `NotFound` for a path that leads elsewhere than it says. */
export function refuseDotSegments(path: string): void {
  if (dotSegment.test(path.split('?', 1)[0] ?? '')) throw new NotFound('There is no such route.');
}

const isRepeatable = ({ method }: ServiceRequest): boolean => method === 'GET' || method === 'HEAD';

/** Waits for a body up to so many bytes. The rest of a longer one streams on. */
async function settle(body: Readable, upTo: number): Promise<Pick<ServiceAnswer, 'body' | 'whole'>> {
  const parts: Buffer[] = [];
  const rest = body[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  let size = 0;
  for (;;) {
    const next: IteratorResult<Buffer, unknown> = await rest.next();
    if (next.done) break;
    parts.push(next.value);
    size += next.value.length;
    if (size > upTo) return { body: Readable.from(allOf(parts, rest)) };
  }
  const whole = Buffer.concat(parts);
  return { body: Readable.from([whole]), whole };
}

async function* allOf(parts: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* parts;
  yield* rest;
}

export function createService({ name, urls, logger, now, patience = usualPatience }: ServiceOptions): Service {
  const endpoints = createEndpoints({ urls, now });

  async function attempt(url: string, request: ServiceRequest, patienceMs: number): Promise<ServiceAnswer> {
    const tooLong = new AbortController();
    const timer = setTimeout(() => tooLong.abort(), patienceMs);
    const signals = [tooLong.signal, ...(request.signal ? [request.signal] : [])];
    try {
      const response: AxiosResponse<Readable> = await axios.request({
        adapter: 'http',
        url: url + request.path,
        method: request.method,
        headers: { 'Accept-Encoding': 'identity', 'Content-Type': false, ...request.headers },
        data: request.body,
        responseType: 'stream',
        decompress: false,
        maxRedirects: 0,
        validateStatus: () => true,
        transformRequest: [],
        httpAgent: agent,
        proxy: false,
        signal: AbortSignal.any(signals),
      });
      const { status, data } = response;
      const headers = response.headers as Record<string, string | string[]>;
      if (request.wholeUpTo === undefined) return { status, headers, body: data };
      return { status, headers, ...(await settle(data, request.wholeUpTo)) };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    name,
    async send(request) {
      refuseDotSegments(request.path);
      const isRead = isRepeatable(request);
      const endsAt = now() + (request.patienceMs ?? (isRead ? patience.readMs : patience.writeMs));
      for (const [index, url] of endpoints.inTurn().entries()) {
        // A replica that is silent must leave time for the others. A write goes to one only.
        const share = isRead ? (endsAt - now()) / (urls.length - index) : endsAt - now();
        try {
          const answer = await attempt(url, request, share);
          endpoints.answered(url);
          return answer;
        } catch (error) {
          if (request.signal?.aborted) throw new ReaderGone('Whoever asked is gone.', { cause: error });
          const code = isAxiosError(error) ? error.code : undefined;
          logger.warn({ service: name, url, code }, 'no answer');
          const isUnsent = code !== undefined && notConnected.has(code);
          if (isUnsent || isRead) endpoints.refused(url);
          else throw new AnswerLost(`${name} gave no answer.`, { cause: error });
        }
      }
      throw new Unavailable(`${name} is away.`);
    },
  };
}
