/** A request as a test wants to send it: `json` is serialised with its content type, `body` goes out as it is. */
export interface Sent {
  method?: string;
  json?: unknown;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** Milliseconds after which the request is given up (and throws). Default 10 s. */
  within?: number;
}

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body. Throws where it isn't JSON. */
  json: () => T;
}

/** Sends one request, without any retry. Throws when there is no answer. */
export async function send<T = unknown>(
  url: string,
  { method, json, body, headers, within }: Sent = {},
): Promise<Answer<T>> {
  const content = json === undefined ? body : JSON.stringify(json);
  const type: Record<string, string> = json === undefined ? {} : { 'Content-Type': 'application/json' };
  const response = await fetch(url, {
    method: method ?? (content === undefined ? 'GET' : 'POST'),
    body: content ?? null,
    headers: { ...type, ...headers },
    signal: AbortSignal.timeout(within ?? 10_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as T };
}

/** GET of JSON. Throws for anything but a 2xx. */
export async function read<T>(url: string): Promise<T> {
  const answer = await send<T>(url);
  if (answer.status >= 300) throw new Error(`GET ${url} answered ${answer.status}: ${answer.text}`);
  return answer.json();
}
