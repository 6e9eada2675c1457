import { Agent } from 'node:http';
import axios, { type AxiosResponse } from 'axios';
import type { Envelope, ReceivedEnvelope } from './envelope';
import type { Problem } from './problem-json';
import type { Signer } from './signatures';

/** The bus can't be reached, or is not able to take events now. Trying again later is right. */
export class BusAway extends Error {
  override readonly name = 'BusAway';
}

/** The bus understood and will never take these events as they are. None of them was stored. */
export class EventsRefused extends Error {
  override readonly name = 'EventsRefused';
}

export interface BusClient {
  /**
   * Resolves when the bus has stored all of them (its answer comes after its fsync).
   * Throws {@link BusAway} (the outcome is unknown: publish the same events again) or {@link EventsRefused}.
   */
  publish(events: Envelope[]): Promise<void>;
  /** How many events one publish may hold: 1 until the bus has shown that it takes arrays. */
  batchLimit(): number;
  /**
   * A page of the log after a sequence, oldest first, with so many events at most. A bus without pages answers with all it has, and `more` is false.
   * Throws {@link BusAway}.
   */
  history(after: number, limit?: number): Promise<{ events: ReceivedEnvelope[]; more: boolean }>;
}

const historyPage = 1_000;
const largestBatch = 100;
/** What a bus says of the events themselves. Every other failure (a wrong secret, address or proxy too) may end. */
const finalRefusals = new Set([400, 409, 413, 415, 422]);

function reasonOf(answer: AxiosResponse<unknown>): string {
  const { detail, errors } = (answer.data ?? {}) as Partial<Problem>;
  const faults = (errors ?? []).map(({ path, message }) => `${path} ${message}`).join('; ');
  return [`the bus answered ${answer.status}`, detail, faults].filter(Boolean).join(': ');
}

/** A bus that numbers events in its answer also takes arrays; the classic one takes one event at a time. */
function takesArrays(answer: AxiosResponse<unknown>): boolean {
  return Array.isArray((answer.data as { events?: unknown } | undefined)?.events);
}

export function createBusClient({
  url,
  signer,
  timeoutMs = 10_000,
}: {
  url: string;
  signer?: Signer;
  timeoutMs?: number;
}): BusClient & { close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, timeout: timeoutMs });
  const http = axios.create({
    baseURL: url,
    httpAgent: agent,
    timeout: timeoutMs,
    maxRedirects: 0,
    maxBodyLength: Infinity,
    validateStatus: () => true,
    proxy: false,
  });
  let arrays = false;

  async function call(request: () => Promise<AxiosResponse<unknown>>): Promise<AxiosResponse<unknown>> {
    try {
      return await request();
    } catch (error) {
      // Whatever comes up at this address next may be another bus.
      arrays = false;
      throw new BusAway(error instanceof Error ? error.message : String(error));
    }
  }

  return {
    async publish(events) {
      const body = Buffer.from(JSON.stringify(events.length === 1 ? events[0] : events));
      const signature = signer?.sign({ id: events[0]?.id ?? '', body, now: new Date() });
      const headers = { 'Content-Type': 'application/json', ...signature };
      // axios's own time-out starts again with every byte of the answer.
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await call(() => http.post('/events', body, { headers, signal }));
      if (answer.status >= 200 && answer.status < 300) {
        arrays = takesArrays(answer);
        if (arrays || events.length === 1) return;
        throw new BusAway('another bus has come up, which took an array for one event');
      }
      if (finalRefusals.has(answer.status)) throw new EventsRefused(reasonOf(answer));
      throw new BusAway(reasonOf(answer));
    },
    batchLimit: () => (arrays ? largestBatch : 1),
    async history(after, limit = historyPage) {
      const answer = await call(() => http.get('/events', { params: { after, limit } }));
      if (answer.status !== 200 || !Array.isArray(answer.data)) throw new BusAway(reasonOf(answer));
      const link = (answer.headers as Record<string, unknown>)['link'];
      const more = typeof link === 'string' && link.includes('rel="next"');
      return { events: answer.data as ReceivedEnvelope[], more };
    },
    close: () => agent.destroy(),
  };
}
