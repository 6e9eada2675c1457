import { readRefusal, type Refusal } from '../faults';
import { messages } from '../messages';

const patienceMs = 15_000;

export type Answer = { ok: true; body: unknown; location: string | null } | { ok: false; refusal: Refusal };

export interface JsonRequest {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** Names the request: with the same one a repetition is the same request, and stores nothing twice. */
  key?: string;
}

/** Sends JSON to this site. Never rejects: what went wrong comes back as something that can be shown. */
export async function sendJson({ method, path, body, key }: JsonRequest): Promise<Answer> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return { ok: true, body: answer, location: response.headers.get('Location') };
    return { ok: false, refusal: readRefusal(response.status, answer) };
  } catch {
    const message = navigator.onLine ? messages.faults.away : messages.faults.offline;
    return { ok: false, refusal: { message, faults: [] } };
  }
}
