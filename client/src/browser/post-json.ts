import { messages } from '../messages';
import { readRefusal, type Refusal } from '../faults';

const patienceMs = 15_000;

export type Answer = { ok: true; body: unknown; location: string | null } | { ok: false; refusal: Refusal };

/**
 * Sends JSON to this site's own `/api`. Never rejects: what went wrong comes back as something that can be shown.
 * With the same `key` a repetition is the same request, so that trying again after a lost answer stores nothing twice.
 */
export async function postJson(path: string, body: unknown, key: string): Promise<Answer> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify(body),
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
