import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signToken } from '@blog/kit';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import request from 'supertest';
import { testKey } from '../../common/kit/test/test-keys';
import { browser, type Shown, useAccess, valueOf } from './use-access';

jest.setTimeout(60_000);

const { test, post, signIn, programToken, ask } = useAccess();

/** What the service was shown; undefined where it was shown nothing, or not asked. */
async function shownToService(shown: Shown): Promise<string | undefined> {
  test().blog.seen.length = 0;
  await ask(shown);
  return test().blog.seen.at(-1)?.headers.authorization;
}

describe('What a service is shown', () => {
  it('is a token of the client’s own, which ends within minutes, whatever the client was shown', async () => {
    const cookie = await signIn();
    for (const shown of [{ cookie }, { bearer: valueOf(cookie) }, { bearer: await programToken() }]) {
      const sent = (await shownToService(shown)) ?? '';
      const token = sent.replace('Bearer ', '');
      expect(Object.values(shown)).not.toContain(token);
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'EdDSA', kid: testKey.publicKey.id });
      const { exp = 0, iat = 0, aud, sub } = decodeJwt(token);
      expect({ aud, sub }).toEqual({ aud: ['blog-services'], sub: 'ana' });
      expect(exp - iat).toBeLessThanOrEqual(300);
    }
  });

  it('is nothing of what somebody else has to show, and never what a proxy asked the reader for', async () => {
    expect(await shownToService({})).toBeUndefined();
    await request(test().app).get('/api/query/posts').set('Authorization', 'Basic YTpi').expect(200);
    expect(test().blog.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('is no good at the client, which takes only what it has handed out for itself', async () => {
    const sent = (await shownToService({ cookie: await signIn() })) ?? '';
    await ask({ bearer: sent.replace('Bearer ', '') }).expect(401);
  });
});

describe('A bearer token that doesn’t count is refused before any service is asked', () => {
  const identity = { name: 'ana', roles: ['moderator'] as const };
  it.each<[string, () => Promise<string>]>([
    ['made up', () => Promise.resolve('a.b.c')],
    ['no token at all', () => Promise.resolve('x')],
    [
      'of an account that was made since, when it was nobody’s',
      async () => {
        const token = await programToken(600, ['moderator'], 'robot');
        await ask({ bearer: token }).expect(404);
        await test().accounts.add({ name: 'robot', roles: ['moderator'], password: 'correct horse' });
        return token;
      },
    ],
    [
      'of no account, for longer than services take it',
      () =>
        signToken(
          { ...identity, name: 'robot' },
          { key: testKey, seconds: 3600, now: new Date(), audience: ['client', 'services'] },
        ),
    ],
    [
      'of no account any more, as the services are shown it',
      () => signToken({ ...identity, name: 'robot' }, { key: testKey, seconds: 60, now: new Date() }),
    ],
    [
      'of another generation',
      () =>
        signToken(identity, { key: testKey, seconds: 60, now: new Date(), audience: ['client'], generation: 'other' }),
    ],
    [
      'of no generation',
      () => signToken(identity, { key: testKey, seconds: 60, now: new Date(), audience: ['client'] }),
    ],
    [
      'with a role that the account hasn’t',
      async () => {
        const generation = (await test().accounts.find('ana'))?.generation ?? '';
        const operator = { name: 'ana', roles: ['operator'] as const };
        return signToken(operator, { key: testKey, seconds: 60, now: new Date(), audience: ['client'], generation });
      },
    ],
    ['expired', () => programToken(-60)],
  ])('%s', async (_title, make) => {
    const bearer = await make();
    test().blog.seen.length = 0;
    for (const service of ['moderation', 'posts', 'comments', 'query']) {
      await ask({ bearer }, `/api/${service}/posts`).expect(401);
    }
    expect(test().blog.seen).toEqual([]);
  });
});

describe('What was handed out ends at once', () => {
  const ends: [string, (cookie: string) => Promise<unknown>][] = [
    ['when the account is removed', () => test().accounts.remove('ana')],
    [
      'when the account is made again under the same name',
      async () => {
        await test().accounts.remove('ana');
        await test().accounts.add({ name: 'ana', roles: ['author', 'moderator'], password: 'correct horse' });
      },
    ],
    ['when a role is taken away', () => test().accounts.setRoles('ana', ['author'])],
    ['when the password changes', () => test().accounts.setPassword('ana', 'another horse')],
    ['when somebody signs it out everywhere', () => test().accounts.signOutEverywhere('ana')],
    ['when it signs out everywhere by the button', (cookie) => post('/sign-out/everywhere', {}, cookie).expect(303)],
  ];

  it.each(ends)('%s: cookies, bearer tokens, links', async (_title, end) => {
    const [one, other] = [await signIn(), await signIn()];
    const shown: Shown[] = [
      { cookie: one },
      { cookie: other },
      { bearer: valueOf(one) },
      { bearer: await programToken() },
      { bearer: await programToken(30 * 24 * 3600) },
    ];
    const code = await test().accounts.createLink('ana', 10);
    for (const each of shown) expect(await shownToService(each)).toMatch(/^Bearer /);
    await end(one);
    for (const each of shown) expect(await shownToService(each)).toBeUndefined();
    for (const { bearer } of shown) if (bearer !== undefined) await ask({ bearer }).expect(401);
    await post('/sign-in', { code }).expect(401);
  });

  it('by signing out: that session, and no other', async () => {
    const [one, other] = [await signIn(), await signIn()];
    await post('/sign-out', {}, one).expect(303);
    expect(await shownToService({ cookie: one })).toBeUndefined();
    await ask({ bearer: valueOf(one) }).expect(401);
    expect(await shownToService({ cookie: other })).toMatch(/^Bearer /);
  });

  it('but a session does not end when another account signs out everywhere, or gets the roles that it has', async () => {
    const cookie = await signIn();
    await test().accounts.add({ name: 'ben', roles: ['author'], password: 'correct horse' });
    await test().accounts.signOutEverywhere('ben');
    await test().accounts.setRoles('ana', ['moderator', 'author']);
    expect(await shownToService({ cookie })).toMatch(/^Bearer /);
  });

  it('signing in again ends the session that the browser had', async () => {
    const before = await signIn();
    await post('/sign-in', { name: 'ana', password: 'correct horse' }, before).expect(303);
    expect(await shownToService({ cookie: before })).toBeUndefined();
  });

  it('nobody else’s page can sign anybody out', async () => {
    const cookie = await signIn();
    for (const path of ['/sign-out', '/sign-out/everywhere']) {
      const foreign = { ...browser, Origin: 'http://evil.example', Cookie: cookie };
      await request(test().app).post(path).set(foreign).expect(403);
    }
    expect(await shownToService({ cookie })).toMatch(/^Bearer /);
  });

  it('the file holds nothing that a browser could show', async () => {
    const cookie = await signIn();
    const text = await readFile(join(test().folder, 'accounts.json'), 'utf8');
    expect(text).toContain('"sessions"');
    expect(text).not.toContain(valueOf(cookie));
  });
});
