import { Unavailable } from '@blog/kit';
import type { z } from 'zod';
import { readRefusal, type Refusal } from '../src/faults';
import { AnswerLost, type Service, type ServiceAnswer, type ServiceRequest } from './service';

/** More than this is no answer of ours: a post's body has at most 200,000 characters, a list at most 100 entries. */
const mostBytes = 64 * 1024 * 1024;

function readJson(service: Service, { whole }: ServiceAnswer): unknown {
  try {
    if (!whole) throw new Error('too large');
    return JSON.parse(whole.toString('utf8'));
  } catch {
    // The parser's own message quotes the answer, and this error is logged.
    throw new AnswerLost(`${service.name} gave no readable answer.`);
  }
}

/** Sends, and waits for the whole answer. */
async function sendForWhole(service: Service, request: ServiceRequest): Promise<ServiceAnswer> {
  const answer = await service.send({ ...request, wholeUpTo: mostBytes });
  // Nobody reads on in one that is too large.
  if (!answer.whole) answer.body.destroy();
  return answer;
}

function parse<S extends z.ZodType>(service: Service, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AnswerLost(`${service.name} gave an answer of another shape.`, { cause: result.error });
}

export interface Answer<T> {
  value: T;
  headers: ServiceAnswer['headers'];
  /** Set where the service is away and this is what it answered then. */
  asOf: Date | undefined;
}

/**
 * Asks a service for JSON. Undefined where it answers that there is no such thing; throws `Unavailable` or
 * {@link AnswerLost} where it can't answer, and the same where its answer is not what was agreed.
 */
export async function ask<S extends z.ZodType>(
  service: Service,
  schema: S,
  path: string,
  { headers, patienceMs }: Pick<ServiceRequest, 'headers' | 'patienceMs'>,
): Promise<Answer<z.output<S>> | undefined> {
  const answer = await sendForWhole(service, {
    method: 'GET',
    path,
    headers: { Accept: 'application/json', ...headers },
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  if (answer.status === 404 || answer.status === 400) return undefined;
  if (answer.status !== 200) throw new Unavailable(`${service.name} answered ${answer.status}.`);
  return { value: parse(service, schema, readJson(service, answer)), headers: answer.headers, asOf: answer.asOf };
}

/** What a refusal says of itself, if it says anything that can be read. */
function readProblem(service: Service, answer: ServiceAnswer): unknown {
  try {
    return readJson(service, answer);
  } catch {
    return undefined;
  }
}

export type Outcome<T> =
  { ok: true; value: T; headers: ServiceAnswer['headers'] } | { ok: false; status: number; refusal: Refusal };

export interface Submit {
  method?: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  headers: Record<string, string>;
  json?: object;
}

/** Sends JSON to a service for somebody who filled in a form. What it refuses comes back as something to show. */
export async function submit<S extends z.ZodType>(
  service: Service,
  schema: S,
  { method = 'POST', path, headers, json }: Submit,
): Promise<Outcome<z.output<S>>> {
  const request: ServiceRequest = {
    method,
    path,
    headers: { Accept: 'application/json', ...(json ? { 'Content-Type': 'application/json' } : {}), ...headers },
    ...(json ? { body: Buffer.from(JSON.stringify(json)) } : {}),
  };
  try {
    const answer = await sendForWhole(service, request);
    if (answer.status < 200 || answer.status > 299) {
      return { ok: false, status: answer.status, refusal: readRefusal(answer.status, readProblem(service, answer)) };
    }
    const body = answer.status === 204 ? undefined : readJson(service, answer);
    return { ok: true, value: parse(service, schema, body), headers: answer.headers };
  } catch (error) {
    const status = error instanceof Unavailable ? 503 : error instanceof AnswerLost ? 502 : undefined;
    if (status === undefined) throw error;
    return { ok: false, status, refusal: readRefusal(status, undefined) };
  }
}
