import { NotFound } from '@blog/kit';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Services } from './blog';
import type { Cookies } from './cookies';
import { deletionIn, type NoteDeletion } from './deletions';
import { forwardedFor } from './forwarded-for';
import { markPersonal, markVarying } from './personal-answers';
import { refuseDotSegments, type Service, type ServiceAnswer } from './service';
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
/** Cookies and tokens are between the browser and this process; a page of another origin is nobody whom an answer could be opened to. */
const notForServices = new Set([...notPassedOn, 'authorization', 'cookie', 'origin', 'referer']);
const notForBrowsers = new Set([...notPassedOn, 'comment-token', 'vary']);
/** Doors for the bus and for operators; nothing that a page needs. */
const closedDoors = new Set(['events', 'metrics', 'skipped']);

/** The path to ask a service for, normalised. Throws `NotFound` where it leads to a closed door or elsewhere than it says, however it is spelt. */
export function servicePath(url: string): string {
  refuseDotSegments(url);
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
  noteDeletion,
}: {
  services: Services;
  cookies: Cookies;
  sessions: Pick<Sessions, 'of' | 'refusalOf'>;
  noteDeletion: NoteDeletion;
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

  /** What a service is told of who asks; never what the browser or the program has shown to prove it. */
  function headersFor(req: Request, res: Response, service: Service): Record<string, string> {
    const refusal = sessions.refusalOf(req);
    if (refusal) throw refusal;
    const headers = requestHeaders(req, res);
    if (service === services.comments) addTokens(req, headers);
    const session = sessions.of(req);
    return session ? { ...headers, authorization: `Bearer ${session.token}` } : headers;
  }

  /** Query's answers are the same for everybody. Those of the others depend on who asks, moderation's are never for all. */
  function markFor(res: Response, service: Service, headers: Record<string, string>): void {
    const isProven = headers['authorization'] !== undefined || headers['comment-token'] !== undefined;
    if (isProven || service === services.moderation) return markPersonal(res);
    if (service !== services.query) markVarying(res);
    if (service === services.comments) res.set('Cache-Control', 'private, no-cache');
  }

  async function noteIfDeleted(req: Request, { name }: Service, path: string): Promise<void> {
    const session = sessions.of(req);
    const deletion = deletionIn(name, req.method, path);
    if (session && deletion) await noteDeletion(session.identity.name, deletion);
  }

  const passOn: RequestHandler = async (req, res) => {
    const service = byName.get(String(req.params.service));
    if (!service) throw new NotFound('There is no such service.');
    const path = servicePath(req.url);
    const headers = headersFor(req, res, service);
    markFor(res, service, headers);
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
    if (answer.status < 300) await noteIfDeleted(req, service, path);
    res.status(answer.status);
    passHeaders(res, service.name, answer);
    markFor(res, service, headers);
    passBody(res, answer);
  };

  return {
    handlers: [express.raw({ type: () => true, limit: '2mb', inflate: false }), passOn],
    closeStreams: () => streams.forEach((res) => res.end()),
  };
}
