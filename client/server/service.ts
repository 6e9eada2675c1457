import { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import { type Logger, Unavailable } from '@blog/kit';
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
}

export interface ServiceAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Readable;
}

/** A service as the client sees it: one or more replicas under one name. */
export interface Service {
  name: string;
  /**
   * Sends, and gives any answer back, whatever its status; its body must be read or destroyed.
   * Throws `Unavailable` where no replica takes a connection (nothing was sent), {@link AnswerLost} where one did and
   * broke off or took too long, {@link ReaderGone} where the request's signal ended it.
   */
  send(request: ServiceRequest): Promise<ServiceAnswer>;
}

interface ServiceOptions {
  name: string;
  urls: readonly string[];
  logger: Logger;
  now: () => number;
  /** How long the beginning of an answer may take. A stream may go on for ever after it. */
  patienceMs?: number;
}

/** Nothing has been sent when a connection fails with one of these. */
const notConnected = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTDOWN']);

/** Below the services' keep-alive time-out, so that it is this side that closes an idle connection. */
const agent = new Agent({ keepAlive: true, timeout: 30_000 });

const isRepeatable = ({ method }: ServiceRequest): boolean => method === 'GET' || method === 'HEAD';

export function createService({ name, urls, logger, now, patienceMs = 10_000 }: ServiceOptions): Service {
  const endpoints = createEndpoints({ urls, now });

  async function attempt(url: string, request: ServiceRequest): Promise<ServiceAnswer> {
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
      return {
        status: response.status,
        headers: response.headers as Record<string, string | string[]>,
        body: response.data,
      };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    name,
    async send(request) {
      for (const url of endpoints.inTurn()) {
        try {
          const answer = await attempt(url, request);
          endpoints.answered(url);
          return answer;
        } catch (error) {
          if (request.signal?.aborted) throw new ReaderGone('Whoever asked is gone.', { cause: error });
          const code = isAxiosError(error) ? error.code : undefined;
          logger.warn({ service: name, url, code }, 'no answer');
          const isUnsent = code !== undefined && notConnected.has(code);
          if (isUnsent) endpoints.refused(url);
          else if (!isRepeatable(request)) throw new AnswerLost(`${name} gave no answer.`, { cause: error });
        }
      }
      throw new Unavailable(`${name} is away.`);
    },
  };
}
