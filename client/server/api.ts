import { NotFound } from '@blog/kit';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Services } from './blog';
import type { Cookies } from './cookies';
import { forwardedFor } from './forwarded-for';
import type { Service, ServiceAnswer } from './service';
import type { Sessions } from './sessions';

export interface Api {
  handlers: RequestHandler[];
  /** Ends the streams that are open, which would otherwise keep the server from closing. */
  closeStreams(): void;
}

/** What belongs to one connection and not to what is passed on (RFC 9110, 7.6.1), and what each side sets for itself. */
const notPassedOn = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'host', 'content-length', 'expect', 'x-powered-by'],
]);
/** Headers in which proxies name the reader: this process says once, in its own, what it believes of them. */
const ofProxies = /^(?:x-)?forwarded(?:-|$)|^via$|^(?:x-real|x-client|true-client|cf-connecting)-ipv?6?$/;
/** What a browser says of its page, which is not the one who asks the service. */
const ofBrowsers = /^sec-(?:fetch|ch)-/;
/** Cookies are between the browser and this process; a page of another origin is nobody whom an answer could be opened to. */
const notForServices = new Set([...notPassedOn, 'cookie', 'origin', 'referer']);
const notForBrowsers = new Set([...notPassedOn, 'comment-token', 'vary']);
/** Doors for the bus and for operators; nothing that a page needs. */
const closedDoors = new Set(['events', 'metrics', 'skipped']);

/** The path to ask a service for, normalised. Throws `NotFound` where it leads to a closed door, however it is spelt. */
export function servicePath(url: string): string {
  const { pathname, search } = new URL(`http://service${url.startsWith('/') ? '' : '/'}${url}`);
  const parts = pathname.split('/').filter((part) => part !== '');
  let first: string;
  try {
    first = decodeURIComponent(parts[0] ?? '').toLowerCase();
  } catch {
    throw new NotFound('There is no such route.');
  }
  if (closedDoors.has(first) || /[/\\%;]/.test(first)) throw new NotFound('There is no such route.');
  return `/${parts.join('/')}${search}`;
}

function requestHeaders(req: Request, res: Response): Record<string, string> {
  const passed = Object.entries(req.headers).filter(
    ([name]) => !notForServices.has(name) && !ofProxies.test(name) && !ofBrowsers.test(name),
  );
  return {
    ...Object.fromEntries(passed.map(([name, value]) => [name, String(value)])),
    'x-request-id': String(res.getHeader('X-Request-Id')),
    'x-forwarded-for': forwardedFor(req),
  };
}

/** A service's own paths, as this origin names them. */
function underApi(service: string, header: string): string {
  return header.replace(/(^|<)\/(?!\/)/g, `$1/api/${service}/`);
}

function passHeaders(res: Response, service: string, answer: ServiceAnswer): void {
  for (const [name, value] of Object.entries(answer.headers)) {
    if (notForBrowsers.has(name) || name.startsWith('access-control-')) continue;
    const isAddress = name === 'location' || name === 'link';
    res.setHeader(name, isAddress ? underApi(service, String(value)) : value);
  }
}

/** `/api/<service>/…`: passes requests on, so that the browser needs one origin only. */
export function createApi({
  services,
  cookies,
  sessions,
}: {
  services: Services;
  cookies: Cookies;
  sessions: Pick<Sessions, 'of'>;
}): Api {
  const byName = new Map<string, Service>(Object.entries(services));
  const streams = new Set<Response>();

  /** The reader's own comments come with their text: the service knows them by their tokens, the browser never does. */
  function addTokens(req: Request, headers: Record<string, string>): void {
    const tokens = cookies.tokens(req);
    if (tokens.length > 0 && headers['comment-token'] === undefined) headers['comment-token'] = tokens.join(', ');
  }

  function passBody(res: Response, answer: ServiceAnswer): void {
    if (String(answer.headers['content-type']).startsWith('text/event-stream')) {
      streams.add(res);
      res.setHeader('X-Accel-Buffering', 'no');
      res.flushHeaders();
    }
    res.on('close', () => {
      streams.delete(res);
      answer.body.destroy();
    });
    // Half an answer can't be taken back: the browser sees the connection break.
    answer.body.on('error', () => res.destroy());
    answer.body.pipe(res);
  }

  const passOn: RequestHandler = async (req, res) => {
    const service = byName.get(String(req.params.service));
    if (!service) throw new NotFound('There is no such service.');
    const path = servicePath(req.url);
    const headers = requestHeaders(req, res);
    if (service === services.comments) addTokens(req, headers);
    const session = sessions.of(req);
    if (session && headers['authorization'] === undefined) headers['authorization'] = `Bearer ${session.token}`;
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const body: unknown = req.body;
    const answer = await service.send({
      method: req.method,
      path,
      headers,
      signal: gone.signal,
      ...(Buffer.isBuffer(body) ? { body } : {}),
    });
    const token = answer.headers['comment-token'];
    if (service === services.comments && typeof token === 'string') cookies.keepToken(req, res, token);
    res.status(answer.status);
    passHeaders(res, service.name, answer);
    if (service === services.comments) res.set({ 'Cache-Control': 'private, no-cache', Vary: 'Cookie' });
    passBody(res, answer);
  };

  return {
    handlers: [express.raw({ type: () => true, limit: '2mb', inflate: false }), passOn],
    closeStreams: () => streams.forEach((res) => res.end()),
  };
}
