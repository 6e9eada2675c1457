import { Unavailable } from '@blog/kit';
import type { z } from 'zod';
import { readRefusal, type Refusal } from '../src/faults';
import { AnswerLost, type Service, type ServiceAnswer, type ServiceRequest } from './service';

/** More than this is no answer of ours: a post's body has at most 200,000 characters, a list at most 100 entries. */
const mostBytes = 64 * 1024 * 1024;

async function readJson(service: Service, { body }: ServiceAnswer): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > mostBytes) throw new Error('too large');
      parts.push(part);
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (error) {
    throw new AnswerLost(`${service.name} gave no readable answer.`, { cause: error });
  }
}

function parse<S extends z.ZodType>(service: Service, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AnswerLost(`${service.name} gave an answer of another shape.`, { cause: result.error });
}

export interface Answer<T> {
  value: T;
  headers: ServiceAnswer['headers'];
}

/**
 * Asks a service for JSON. Undefined where it answers that there is no such thing; throws `Unavailable` or
 * {@link AnswerLost} where it can't answer, and the same where its answer is not what was agreed.
 */
export async function ask<S extends z.ZodType>(
  service: Service,
  schema: S,
  path: string,
  headers: Record<string, string>,
): Promise<Answer<z.output<S>> | undefined> {
  const answer = await service.send({ method: 'GET', path, headers: { Accept: 'application/json', ...headers } });
  if (answer.status === 404 || answer.status === 400) {
    answer.body.resume();
    return undefined;
  }
  if (answer.status !== 200) {
    answer.body.resume();
    throw new Unavailable(`${service.name} answered ${answer.status}.`);
  }
  return { value: parse(service, schema, await readJson(service, answer)), headers: answer.headers };
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
    const answer = await service.send(request);
    if (answer.status < 200 || answer.status > 299) {
      const problem = await readJson(service, answer).catch(() => undefined);
      return { ok: false, status: answer.status, refusal: readRefusal(answer.status, problem) };
    }
    if (answer.status === 204) answer.body.resume();
    const body = answer.status === 204 ? undefined : await readJson(service, answer);
    return { ok: true, value: parse(service, schema, body), headers: answer.headers };
  } catch (error) {
    const status = error instanceof Unavailable ? 503 : error instanceof AnswerLost ? 502 : undefined;
    if (status === undefined) throw error;
    return { ok: false, status, refusal: readRefusal(status, undefined) };
  }
}
