/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { authEnvironment } from '../harness/auth';
import { createPost, servers } from '../harness/blog';
import { send } from '../harness/send';
import type { ProcessName } from '../harness/system';
import { useSystem } from '../harness/use-system';

jest.setTimeout(60_000);

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const ownKey = createPrivateKey({
  key: Buffer.from(authEnvironment.AUTH_PRIVATE_KEY, 'base64url'),
  format: 'der',
  type: 'pkcs8',
});
const now = Math.floor(Date.now() / 1000);
const usual = { sub: 'somebody', iss: 'blog', aud: 'blog-services', roles: [] as string[], iat: now, exp: now + 600 };
type Claims = Partial<Record<keyof typeof usual, unknown>>;

/** A JWT made by hand, so that nothing of ours decides what is in it. */
function token(claims: Claims, key: KeyObject = ownKey): string {
  const content = `${encode({ alg: 'EdDSA', typ: 'JWT' })}.${encode({ ...usual, ...claims })}`;
  return `${content}.${sign(null, Buffer.from(content), key).toString('base64url')}`;
}

/** What earlier versions took, signed with all that a service knows of its key. */
function symmetricToken(claims: Claims): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...usual, ...claims })}`;
  return `${content}.${createHmac('sha256', authEnvironment.AUTH_PUBLIC_KEYS).update(content).digest('base64url')}`;
}

const roles = ['author', 'moderator', 'operator'];
const unknown = (token: string) => ({ token, roles: [] as string[], isKnown: false });
const persons: Record<string, { token?: string; roles: string[]; isKnown: boolean }> = {
  nobody: { roles: [], isKnown: false },
  author: { token: token({ roles: ['author'] }), roles: ['author'], isKnown: true },
  moderator: { token: token({ roles: ['moderator'] }), roles: ['moderator'], isKnown: true },
  operator: { token: token({ roles: ['operator'] }), roles: ['operator'], isKnown: true },
  'somebody expired': unknown(token({ roles, exp: now - 60 })),
  'somebody who never expires': unknown(token({ roles, exp: undefined })),
  'somebody for a year': unknown(token({ roles, exp: now + 365 * 24 * 3600 })),
  'somebody forged': unknown(token({ roles }, generateKeyPairSync('ed25519').privateKey)),
  'somebody signed by a public key': unknown(symmetricToken({ roles })),
  'somebody of another issuer': unknown(token({ roles, iss: 'others' })),
  'somebody of another audience': unknown(token({ roles, aud: 'others' })),
  'somebody known to the client only': unknown(token({ roles, aud: 'blog-client' })),
};

type Route = [service: ProcessName, method: string, path: string, needs: string | undefined, json?: unknown];

/** Bodies are such that nothing comes of them where they are let through: what is seen is who is let through. */
const routes = (writers: string | undefined): Route[] => [
  ['posts', 'GET', '/posts', undefined],
  ['posts', 'GET', '/posts/none', undefined],
  ['posts', 'GET', '/posts?drafts=true', 'author'],
  ['posts', 'POST', '/posts', writers, { title: 'Hello' }],
  ['posts', 'POST', '/posts/create', writers, { title: 'Hello' }],
  ['posts', 'POST', '/posts', 'author', { title: 'Soon', draft: true }],
  ['posts', 'PATCH', '/posts/none', 'author', { title: 'x' }],
  ['posts', 'DELETE', '/posts/none', 'author'],
  ['posts', 'PUT', '/posts/none', 'author', {}],
  ['comments', 'GET', '/posts/p/comments', undefined],
  ['comments', 'POST', '/posts/p/comments', undefined, { content: 'Hi' }],
  ['query', 'GET', '/posts', undefined],
  ['query', 'GET', '/posts/none', undefined],
  ['query', 'GET', '/feed.atom', undefined],
  ['moderation', 'GET', '/rules', 'moderator'],
  ['moderation', 'PUT', '/rules', 'moderator', {}],
  ['moderation', 'POST', '/rules/try', 'moderator', {}],
  ['moderation', 'GET', '/queue', 'moderator'],
  ['moderation', 'GET', '/verdicts', 'moderator'],
  ['moderation', 'POST', '/verdicts', 'moderator', {}],
  ['moderation', 'POST', '/verdicts/undo', 'moderator', {}],
  ['moderation', 'GET', '/blocklist', 'moderator'],
  ['event-bus', 'GET', '/events', undefined],
  ['event-bus', 'POST', '/events', undefined, { type: 'T', data: {} }],
  ['event-bus', 'GET', '/subscriptions', 'operator'],
  ['event-bus', 'PUT', '/subscriptions/g', 'operator', {}],
  ['event-bus', 'DELETE', '/subscriptions/g', 'operator'],
  ['event-bus', 'POST', '/subscriptions/g/replay', 'operator', {}],
  ['event-bus', 'GET', '/dead-letters', 'operator'],
  ['event-bus', 'POST', '/dead-letters/redeliver', 'operator', {}],
  ['event-bus', 'DELETE', '/dead-letters/g:1', 'operator'],
  ['event-bus', 'GET', '/faults', 'operator'],
  ...(['posts', 'comments', 'query', 'moderation', 'event-bus'] as const).flatMap((name): Route[] => [
    [name, 'GET', '/healthz', undefined],
    [name, 'GET', '/readyz', undefined],
    [name, 'GET', '/metrics', undefined],
  ]),
];

function describeRoute([service, method, path, needs = 'everybody', json]: Route): string {
  return `${service}: ${method} ${path} ${json === undefined ? '' : `with ${JSON.stringify(json)} `}is for ${needs}`;
}

describe.each([
  ['anyone', undefined],
  ['authors', 'author'],
])('where %s may write', (mode, writers) => {
  const env = { ...authEnvironment, OPERATORS: 'token', FAULTS: 'on', POSTS_WRITE: mode };
  const system = useSystem({ only: servers, env });

  // One argument: a row of four for a function of five would get jest's `done` as its fifth.
  const cases = routes(writers).map((route) => ({ route, title: describeRoute(route) }));
  it.each(cases)('$title', async ({ route: [service, method, path, needs, json] }) => {
    for (const [name, { token: bearer, roles, isKnown }] of Object.entries(persons)) {
      const headers: Record<string, string> = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
      const { status } = await send(`${system().urls[service]}${path}`, {
        ...{ method, headers },
        ...(json === undefined ? {} : { json }),
      });
      // A route for everybody may refuse a token that doesn't count, and nothing else.
      if (needs === undefined && bearer !== undefined && !isKnown) continue;
      const isLetThrough = needs === undefined || roles.includes(needs);
      const expected = isLetThrough ? 'let through' : isKnown ? 403 : 401;
      const seen = status === 401 || status === 403 ? status : 'let through';
      expect({ name, seen }).toEqual({ name, seen: expected });
      expect(status).toBeLessThan(500);
    }
  });
});

describe('where no key is set', () => {
  const system = useSystem({ only: servers, env: { OPERATORS: 'token' } });

  it('the blog is as classic clients know it, and what needs a role says why nobody has it', async () => {
    expect((await createPost(system(), 'Classic')).title).toBe('Classic');
    for (const [service, method, path, needs, json] of routes(undefined)) {
      if (needs === undefined) continue;
      const { status, text } = await send(`${system().urls[service]}${path}`, {
        method,
        ...(json === undefined ? {} : { json }),
      });
      expect({ path, status }).toEqual({ path, status: 403 });
      expect(text).toContain('AUTH_PUBLIC_KEYS');
    }
  });
});
