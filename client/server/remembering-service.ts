import { Readable } from 'node:stream';
import type { Logger } from '@blog/kit';
import type { LastAnswer, LastAnswers } from './last-answers';
import { ReaderGone, type Service, type ServiceAnswer, type ServiceRequest } from './service';
import { staleHeaders } from './stale-headers';

interface RememberingOptions {
  service: Service;
  answers: LastAnswers;
  /** The paths whose answers are for everybody. What tells of the process itself, or streams, must not be among them. */
  isPublic: (path: string) => boolean;
  now: () => Date;
  logger: Logger;
}

/** Larger answers stream through, unkept. */
const maxKeptBytes = 2 * 1024 * 1024;
/** While the service is silent, a reader for whom there is an older answer waits no longer than this for a new one. */
const briefPatienceMs = 500;
/** So often one reader waits as long as usual: otherwise a service that is slow but well would never be heard again. */
const silentForMs = 2_000;

const credentials = ['authorization', 'cookie', 'comment-token'];

function isAnonymous({ headers = {} }: ServiceRequest): boolean {
  return !Object.keys(headers).some((name) => credentials.includes(name.toLowerCase()));
}

/** Whether everybody may get this answer again. */
function isForEverybody({ headers }: ServiceAnswer): boolean {
  const isClosed = /private|no-store/.test(String(headers['cache-control'] ?? ''));
  return !isClosed && headers['set-cookie'] === undefined && headers['content-encoding'] === undefined;
}

/** What belongs to one request and not to the answer. */
function headersToKeep({ 'x-request-id': _id, date: _date, ...headers }: ServiceAnswer['headers']) {
  return headers;
}

/**
 * A service whose last good answers are given again while it is away or fails, each with a `Warning` and its `Age`.
 *
 *   answers ──200──> kept (anonymous reads only) ──away, 5xx, silent──> given again, marked ──answers──> its own answer
 *                     └──404──> forgotten
 *
 * It is asked each time, so what it answers is never older than it is. Where nothing is kept, it fails as it does by itself.
 */
export function createRememberingService(options: RememberingOptions): Service {
  const { service, answers, isPublic, now, logger } = options;
  let isAway = false;
  let silentUntil = 0;

  function told(away: boolean): void {
    if (away !== isAway) logger.warn({ service: service.name }, away ? 'last answers are given' : 'answers again');
    isAway = away;
  }

  function again({ headers, body, asOf }: LastAnswer): ServiceAnswer {
    told(true);
    const marked = { ...headers, ...staleHeaders({ asOf, now: now() }) };
    return { status: 200, headers: marked, body: Readable.from([body]), whole: body, asOf };
  }

  function note({ method, path, ...request }: ServiceRequest, answer: ServiceAnswer): void {
    const { status, headers, whole } = answer;
    if (status === 404 || status === 410) answers.forget(path);
    if (status === 304) answers.confirm(path, String(headers['etag']));
    if (status !== 200 || method !== 'GET' || !isAnonymous({ method, path, ...request })) return;
    if (whole && isForEverybody(answer)) answers.keep(path, { headers: headersToKeep(headers), body: whole });
    else answers.forget(path);
  }

  /** Throws what the service throws if nothing else is known. */
  async function ask(request: ServiceRequest, kept: LastAnswer | undefined): Promise<ServiceAnswer> {
    const isSilent = kept !== undefined && now().getTime() < silentUntil;
    const patience = isSilent ? { patienceMs: briefPatienceMs } : {};
    const startedAt = now().getTime();
    try {
      return await service.send({ wholeUpTo: maxKeptBytes, ...request, ...patience });
    } catch (error) {
      if (error instanceof ReaderGone || !kept) throw error;
      // One that refuses connections costs no time to ask; one that says nothing does.
      const waitedMs = now().getTime() - startedAt;
      if (!isSilent && waitedMs >= briefPatienceMs) silentUntil = now().getTime() + silentForMs;
      return again(kept);
    }
  }

  return {
    name: service.name,
    async send(request) {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (!isRead || !isPublic(request.path)) return service.send(request);
      const kept = answers.get(request.path);
      const answer = await ask(request, kept);
      if (answer.asOf !== undefined) return answer;
      if (answer.status >= 500 && kept) {
        answer.body.resume();
        return again(kept);
      }
      if (answer.status < 500) {
        told(false);
        silentUntil = 0;
        note(request, answer);
      }
      return answer;
    },
  };
}
