import { messages } from '../messages';
import { readRefusal, type Refusal } from '../faults';

const patienceMs = 15_000;

/** A request that was not fulfilled, with what can be shown of it. `status` is 0 where no answer came. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
  ) {
    super(refusal.message);
  }
}

export interface Answer<T> {
  body: T;
  etag: string | undefined;
  /** The address of the next page of a list. */
  next: string | undefined;
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  json?: unknown;
  headers?: Record<string, string>;
}

/** Where to sign in, to come back here then. */
function signInFirst(): void {
  const back = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?back=${encodeURIComponent(back)}`);
}

async function send(path: string, { method = 'GET', json, headers }: Options): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch {
    const message = navigator.onLine ? messages.faults.away : messages.faults.offline;
    throw new RequestFailed(0, { message, faults: [] });
  }
}

/** Asks this site's `/api` for JSON. Throws {@link RequestFailed}; a session that has ended leads to the sign-in page. */
export async function request<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  const response = await send(path, options);
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 401) signInFirst();
  if (!response.ok) throw new RequestFailed(response.status, readRefusal(response.status, body));
  return {
    body: body as T,
    etag: response.headers.get('ETag') ?? undefined,
    next: /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1],
  };
}

export function refusalOf(error: unknown): Refusal {
  return error instanceof RequestFailed ? error.refusal : { message: messages.faults.unknown, faults: [] };
}
