import { Agent, request as httpRequest } from 'node:http';
import fc from 'fast-check';
import type { JsonSchema } from '../src/openapi';
import { nearlyOf, oddBodies, oddIds, oddText } from './odd-values';
import { type TestLife, useTestLife } from './test-life';

/** One method of one route, with what it takes. */
export interface TakenBy {
  method: string;
  /** As Express writes it. */
  path: string;
  query?: readonly string[];
  /** The schema of a body in JSON; absent where there is none. */
  body?: JsonSchema;
  /** A body that is a form, with these fields. */
  form?: readonly string[];
}

export interface ServedForAnyInput {
  url: string;
  /** Sent with everything: whoever sends it may do what they ask for. */
  headers: Record<string, string>;
  /** All that is stored, as a text. */
  stored(): string | Promise<string>;
}

export interface AnyInputOptions {
  routes: readonly TakenBy[];
  /** What the schemas refer to. */
  schemas?: Readonly<Record<string, JsonSchema>>;
  /** Values of path parameters under which there is something, asked for when the test runs. */
  ids: () => readonly string[];
  serve: (life: TestLife) => Promise<ServedForAnyInput>;
  /** How many generated requests each route gets. */
  runs?: number;
}

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

/** Sends the path as it is, whatever it holds: a URL would be made better first. Resolves with the status. */
function ask(url: string, { method, path, headers: given, body }: Asked): Promise<number> {
  const headers = { ...given, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }) };
  const { hostname, port } = new URL(url);
  // Asked to close the connection, a server may do so before it has taken a body that it doesn't want, and its answer is lost.
  const agent = new Agent({ keepAlive: true });
  return new Promise<number>((resolve, reject) => {
    const options = { hostname, port, method: method.toUpperCase(), path, headers, agent };
    let status: number | undefined;
    const req = httpRequest(options, (res) => {
      status = res.statusCode ?? 0;
      const done = (): void => resolve(status ?? 0);
      res.on('end', done).on('error', done).resume();
    });
    // A server may answer and end the connection before it has taken all of a large body.
    req.on('error', (error) => (status === undefined ? reject(error) : resolve(status)));
    req.end(body);
  }).finally(() => agent.destroy());
}

const plainHeader = fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((value) => value.trim());
const headerNames = ['If-Match', 'If-None-Match', 'If-Modified-Since', 'Idempotency-Key', 'Accept', 'Comment-Token'];
const moreHeaders = ['X-Forwarded-For', 'X-Request-Id', 'Last-Event-ID', 'Range', 'Expect', 'Origin', 'Authorization'];

/** Requests for one route: its path with odd parts, an odd query, odd headers, and a body that is nearly right. */
function requestsFor(
  { method, path, query = [], body, form }: TakenBy,
  { schemas = {}, ids }: AnyInputOptions,
): fc.Arbitrary<Asked> {
  const id = fc.oneof(
    fc.constantFrom(...ids()),
    fc.constantFrom(...oddIds),
    oddText.map((text) => encodeURIComponent(text.toWellFormed()) || '%20'),
  );
  const places = path.match(/:\w+/g) ?? [];
  const names = fc.constantFrom(...query, 'x', 'x[y]', '__proto__');
  const odd = fc.oneof(oddText, fc.constantFrom('0', '1', '100', '101', '-1', '1.5', 'true', 'W10', 'WyIiLCIiXQ'));
  const pairs = fc.array(fc.tuple(names, odd), { maxLength: 4 });
  const fields = fc.array(fc.tuple(fc.constantFrom(...(form ?? []), 'x'), odd), { maxLength: 6 });
  const nearly = body ? nearlyOf(body, schemas).map((value) => JSON.stringify(value) ?? '') : undefined;
  const encoded = (all: [string, string][]) => `${new URLSearchParams(all.map(([a, b]) => [a, b.toWellFormed()]))}`;
  return fc
    .record({
      parts: fc.tuple(...places.map(() => id)),
      search: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: pairs.map(encoded) }),
      some: fc.dictionary(fc.constantFrom(...headerNames, ...moreHeaders), plainHeader, { maxKeys: 2 }),
      text: form ? fields.map(encoded) : (nearly ?? fc.constant(undefined)),
    })
    .map(({ parts, search, some, text }) => ({
      method,
      path: `${places.reduce((whole, place, index) => whole.replace(place, () => parts[index] ?? ''), path)}${search && `?${search}`}`,
      headers: { ...some, ...(text === undefined ? {} : { 'Content-Type': typeOf(form) }) },
      ...(text === undefined ? {} : { body: text }),
    }));
}

const typeOf = (form: unknown): string => (form ? 'application/x-www-form-urlencoded' : 'application/json');

/**
 * Tests that every route stands whatever it is sent: no 5xx, nothing of a refused request is stored, and the process goes
 * on. Wrap the app so that its answers are held against its document, and they are here too.
 */
export function standsAnyInput(options: AnyInputOptions): void {
  const { routes, ids, serve, runs = 80 } = options;
  const life = useTestLife();
  const named = routes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);
  const usual = (path: string): string => path.replace(/:\w+/g, () => ids()[0] ?? 'x').replace(/[{}]/g, '');

  async function begin() {
    const { url, headers, stored } = await serve(life);
    const send = async (asked: Asked): Promise<void> => {
      const before = await stored();
      const status = await ask(url, { ...asked, headers: { ...headers, ...asked.headers } });
      const what = `${asked.method} ${asked.path} ${JSON.stringify(asked.headers)} ${String(asked.body).slice(0, 300)}`;
      expect([status >= 200 && status < 500, status, what]).toEqual([true, status, what]);
      if (status >= 400 && (await stored()) !== before) throw new Error(`${status}, but something is stored: ${what}`);
    };
    const isAlive = async () => expect(await ask(url, { method: 'get', path: '/healthz', headers: {} })).toBe(200);
    return { send, isAlive };
  }

  it.each(named)(
    '%s stands any input',
    async (_name, route) => {
      const { send, isAlive } = await begin();
      const { method, path, body, form } = route;
      for (const id of path.includes(':') ? oddIds : []) {
        await send({ method, path: path.replace(/:\w+/g, () => id).replace(/[{}]/g, ''), headers: {} });
      }
      const type = { 'Content-Type': typeOf(form) };
      for (const [, bytes, more] of body || form ? oddBodies : []) {
        await send({ method, path: usual(path), headers: { ...type, ...more }, body: bytes });
      }
      await fc.assert(fc.asyncProperty(requestsFor(route, options), send), { numRuns: runs });
      await isAlive();
    },
    120_000,
  );
}

interface Described {
  parameters?: readonly { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema?: JsonSchema }> };
}

/** What the routes of a document take, but for those left out. */
export function routesIn(
  { paths }: { paths: Record<string, Record<string, Described>> },
  { without = [] as readonly string[] } = {},
): TakenBy[] {
  return Object.entries(paths)
    .filter(([path]) => !without.includes(path))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { parameters = [], requestBody }]) => {
        const schema = requestBody && (requestBody.content['application/json']?.schema ?? {});
        const query = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
        return { method, path: path.replace(/\{(\w+)\}/g, ':$1'), query, ...(schema ? { body: schema } : {}) };
      }),
    );
}
