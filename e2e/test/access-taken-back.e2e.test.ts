/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { randomUUID } from 'node:crypto';
import { runAccount, signInBy } from '../harness/account';
import { authEnvironment } from '../harness/auth';
import { send } from '../harness/send';
import type { ProcessName } from '../harness/system';
import { useSystem } from '../harness/use-system';

jest.setTimeout(120_000);

const system = useSystem({ env: { ...authEnvironment, OPERATORS: 'token', POSTS_WRITE: 'authors' } });

type Way = 'cookie' | 'session as bearer' | 'token as bearer' | 'long token as bearer';

/** What an account was handed out, as headers. */
type Handed = Record<Way, Record<string, string>>;

interface Route {
  service: 'posts' | 'comments' | 'moderation' | 'query' | 'client';
  method: string;
  path: string;
  json?: unknown;
  needs?: 'author' | 'moderator';
}

/** Of the client and of each service that it passes on to, one that needs a role, if it has any. Nothing comes of what is sent. */
const routes: Route[] = [
  { service: 'posts', method: 'GET', path: '/posts?drafts=true', needs: 'author' },
  { service: 'posts', method: 'PATCH', path: '/posts/none', json: { title: 'x' }, needs: 'author' },
  { service: 'comments', method: 'PUT', path: '/posts/p/comments/c', json: {}, needs: 'moderator' },
  { service: 'moderation', method: 'GET', path: '/queue', needs: 'moderator' },
  { service: 'query', method: 'GET', path: '/posts' },
  { service: 'client', method: 'POST', path: '/preview', json: { kind: 'post', markdown: 'a' }, needs: 'author' },
];

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const password = 'correct horse';

/** An account with all that can be handed out to it, and a link that nobody has used yet. */
async function handOut(): Promise<{ name: string; handed: Handed; code: string }> {
  const name = `ana ${randomUUID().slice(0, 8)}`;
  await runAccount(system(), ['add', name, '--roles', 'author,moderator', '--password-stdin'], password);
  const [cookie = '', other = ''] = [
    await signInBy(system(), { name, password }),
    await signInBy(system(), { name, password }),
  ];
  const token = (...life: string[]) =>
    runAccount(system(), ['token', '--name', name, '--roles', 'author,moderator', ...life]);
  const handed: Handed = {
    cookie: { Cookie: cookie },
    'session as bearer': bearer(other.replace('session=', '')),
    'token as bearer': bearer(await token()),
    'long token as bearer': bearer(await token('--hours', '720')),
  };
  const code = /code=(\S+)/.exec(await runAccount(system(), ['link', name]))?.[1] ?? '';
  return { name, handed, code };
}

async function statusOf(process: ProcessName, headers: Record<string, string>, route: Route, prefix = '') {
  const { method, path, json } = route;
  const url = `${system().urls[process]}${prefix}${path}`;
  const { status } = await send(url, { method, headers, ...(json === undefined ? {} : { json }) });
  return status;
}

/** By way and route, what the client answers: 401, 403, or that it lets through. */
async function seenThroughClient(handed: Partial<Handed>): Promise<Record<string, 401 | 403 | 'through'>> {
  const seen: Record<string, 401 | 403 | 'through'> = {};
  for (const [way, headers] of Object.entries(handed)) {
    for (const route of routes) {
      const prefix = route.service === 'client' ? '' : `/api/${route.service}`;
      const status = await statusOf('client', headers, route, prefix);
      seen[`${way}: ${route.method} ${route.service}`] = status === 401 || status === 403 ? status : 'through';
    }
  }
  return seen;
}

/** A cookie that proves nothing makes its sender anybody; a bearer token that proves nothing is refused as a whole. */
function refused(handed: Partial<Handed>): Record<string, 401 | 'through'> {
  const pairs = Object.keys(handed).flatMap((way) =>
    routes.map(({ service, method, needs }) => {
      const isForEverybody = needs === undefined && way === 'cookie';
      return [`${way}: ${method} ${service}`, isForEverybody ? 'through' : 401] as const;
    }),
  );
  return Object.fromEntries(pairs);
}

const allThrough = (handed: Partial<Handed>) =>
  Object.fromEntries(Object.keys(refused(handed)).map((key) => [key, 'through']));

describe('What an account was handed out counts at the client, and ends at once', () => {
  const ends: [string, (name: string, handed: Handed) => Promise<unknown>][] = [
    ['with the account', (name) => runAccount(system(), ['remove', name])],
    [
      'with the account, also where it is made again',
      async (name) => {
        await runAccount(system(), ['remove', name]);
        await runAccount(system(), ['add', name, '--roles', 'author,moderator', '--password-stdin'], password);
      },
    ],
    ['with a role', (name) => runAccount(system(), ['roles', name, '--roles', 'author'])],
    ['with the password', (name) => runAccount(system(), ['password', name, '--password-stdin'], 'another horse')],
    ['by npm run account -- sign-out', (name) => runAccount(system(), ['sign-out', name])],
    [
      'by the button',
      (_name, { cookie }) => send(`${system().urls.client}/sign-out/everywhere`, { method: 'POST', headers: cookie }),
    ],
  ];

  it.each(ends)('%s', async (_title, end) => {
    const { name, handed, code } = await handOut();
    expect(await seenThroughClient(handed)).toEqual(allThrough(handed));
    await end(name, handed);
    expect(await seenThroughClient(handed)).toEqual(refused(handed));
    expect(await signInBy(system(), { code })).toBeUndefined();
  });

  it('one session by signing out, and nothing else', async () => {
    const { handed, code } = await handOut();
    const { cookie, ...others } = handed;
    await send(`${system().urls.client}/sign-out`, { method: 'POST', headers: cookie });
    expect(await seenThroughClient({ cookie })).toEqual(refused({ cookie }));
    expect(await seenThroughClient(others)).toEqual(allThrough(others));
    expect(await signInBy(system(), { code })).toMatch(/^session=/);
  });
});

describe('A role that was taken away', () => {
  it('is gone for who signs in again, and the other one is there', async () => {
    const { name } = await handOut();
    await runAccount(system(), ['roles', name, '--roles', 'author']);
    const cookie = { Cookie: (await signInBy(system(), { name, password })) ?? '' };
    const seen = await seenThroughClient({ cookie });
    expect(seen).toEqual(
      Object.fromEntries(
        routes.map(({ service, method, needs }) => [
          `cookie: ${method} ${service}`,
          needs === 'moderator' ? 403 : 'through',
        ]),
      ),
    );
  });
});

describe('Asked directly', () => {
  const direct: [ProcessName, Route][] = [
    ...routes
      .filter(({ needs, service }) => needs && service !== 'client')
      .map((route): [ProcessName, Route] => [route.service, route]),
    ['event-bus', { service: 'posts', method: 'GET', path: '/subscriptions' }],
  ];

  it('no service takes what counts at the client alone', async () => {
    const { handed } = await handOut();
    for (const [process, route] of direct) {
      for (const way of ['cookie', 'session as bearer', 'long token as bearer'] as const) {
        const status = await statusOf(process, handed[way], route);
        expect({ process, way, status }).toEqual({ process, way, status: 401 });
      }
    }
  });

  it('each service takes a token for a quarter of an hour, also of no account, as does the client; nobody gets one for longer', async () => {
    const token = await runAccount(system(), ['token', '--roles', 'author,moderator,operator']);
    for (const [process, route] of direct) {
      const status = await statusOf(process, bearer(token), route);
      expect({ process, isRefused: status === 401 || status === 403 }).toEqual({ process, isRefused: false });
    }
    const atClient = { 'token as bearer': bearer(token) };
    expect(await seenThroughClient(atClient)).toEqual(allThrough(atClient));
    await expect(runAccount(system(), ['token', '--roles', 'author', '--hours', '1'])).rejects.toThrow(
      'no account program: a token of nobody’s account lives 15 minutes at most',
    );
  });
});

describe('npm run account -- audit', () => {
  it('shows what was done, newest last, without anything that proves who one is', async () => {
    const { name, handed } = await handOut();
    await signInBy(system(), { name, password: 'wrong password' });
    await runAccount(system(), ['sign-out', name]);
    const lines = (await runAccount(system(), ['audit', '--json'])).split('\n');
    const entries = lines.map((line) => JSON.parse(line) as { event: string; account?: string; by?: string });
    const own = entries.filter(({ account }) => account === name);
    expect(own.map(({ event }) => event)).toEqual([
      ...['account-added', 'signed-in', 'signed-in', 'token-made', 'token-made', 'link-made'],
      ...['sign-in-failed', 'signed-out-everywhere'],
    ]);
    expect(own.at(-1)?.by).toBe('command line');
    expect(entries.some(({ event }) => event === 'key-changed')).toBe(true);
    const shown = await runAccount(system(), ['audit']);
    expect(shown.split('\n').at(-1)).toContain(`signed-out-everywhere  by=command line  account=${name}`);
    const secrets = [password, 'wrong password', ...Object.values(handed).flatMap((headers) => Object.values(headers))];
    for (const secret of secrets) expect(lines.join('\n')).not.toContain(secret.replace(/^Bearer |^session=/, ''));
  });
});
