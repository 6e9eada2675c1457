type Listener = (event: MessageEvent<string>) => void;

/** An EventSource that a test drives. */
export class FakeEventSource {
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];
  readyState = 0;
  private readonly listeners = new Map<string, Listener[]>();

  constructor(readonly url: string) {
    FakeEventSource.opened.push(this);
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }

  dispatch(type: string, data: unknown = {}, lastEventId = ''): void {
    const event = { data: JSON.stringify(data), lastEventId } as MessageEvent<string>;
    for (const listener of this.listeners.get(type) ?? []) listener(event);
  }
}

export interface FakeRequest {
  path: string;
  method: string;
  body: unknown;
  key: string | null;
  answer(status: number, body: unknown, headers?: Record<string, string>): void;
  /** As when the network is down. */
  fail(): void;
}

/** Stands in for the network: requests wait until the test answers them. */
export function fakeNetwork(): FakeRequest[] {
  const requests: FakeRequest[] = [];
  const fetch = (path: string, init: RequestInit = {}) =>
    new Promise((resolve, reject) => {
      const headers = (init.headers ?? {}) as Record<string, string>;
      requests.push({
        path,
        method: init.method ?? 'GET',
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
        key: headers['Idempotency-Key'] ?? null,
        answer(status, body, answered = {}) {
          const named = (name: string) => answered[name] ?? null;
          resolve({ ok: status < 400, status, headers: { get: named }, json: () => Promise.resolve(body) });
        },
        fail: () => reject(new TypeError('Failed to fetch')),
      });
    });
  Object.assign(globalThis, { fetch, EventSource: FakeEventSource });
  FakeEventSource.opened = [];
  return requests;
}

export function setVisibility(state: 'visible' | 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
