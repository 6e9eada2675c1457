/** A request that the bus refused, in its own words. */
function refusal({ status, detail, title, errors = [] }) {
  const faults = errors.map(({ path, message }) => `  ${path || 'the request'} ${message}`);
  return new Error([`The bus answered ${status}: ${detail ?? title}`, ...faults].join('\n'));
}

/** Talks to the bus at `url`. Requests reject with an Error that is meant for people. */
export function createBusClient(url, token) {
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};

  async function request(path, { method = 'GET', json, signal } = {}) {
    const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
    const headers = { ...authorization, ...type };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const response = await fetch(new URL(path, url), { method, signal, headers, body }).catch((error) => {
      if (signal?.aborted) throw error;
      throw new Error(`Nobody answers at ${url}. Is the bus running? (npm start, or npm start -- event-bus)`);
    });
    const text = await response.text();
    if (!response.ok) throw refusal(isProblem(response) ? JSON.parse(text) : { status: response.status, title: text });
    return { text, json: text === '' ? undefined : JSON.parse(text), next: nextPage(response) };
  }

  /** The answers that hold a list. */
  async function* pages(path) {
    for (let page = path; page !== undefined;) {
      const answer = await request(page);
      yield answer;
      page = answer.next;
    }
  }

  return {
    get: (path, more) => request(path, more),
    post: (path, json) => request(path, { method: 'POST', json }),
    /** All items of a list, page by page. */
    async *all(path) {
      for await (const { json } of pages(path)) yield* json;
    },
    pages,
  };
}

const isProblem = (response) => (response.headers.get('Content-Type') ?? '').includes('problem+json');

function nextPage(response) {
  return /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
}

/** A path with those parameters that have a value. */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value ?? []].flat()) query.append(name, one);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
