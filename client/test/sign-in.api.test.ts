import { join } from 'node:path';
import request from 'supertest';
import { readAudit } from '../server/accounts/audit';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
beforeEach(async () => {
  test = await setUpApp();
  await test.accounts.add({ name: 'ana', roles: ['author', 'moderator'], password: 'correct horse' });
});
afterEach(() => test.close());

const browser = { Accept: 'text/html', Host: 'blog.example', Origin: 'http://blog.example' };
const post = (path: string, fields: Record<string, string>, cookie = '') =>
  request(test.app)
    .post(path)
    .type('form')
    .set({ ...browser, Cookie: cookie })
    .send(fields);
const get = (path: string, cookie = '') => request(test.app).get(path).set({ Accept: 'text/html', Cookie: cookie });

/** Signs in and gives the cookie as the browser will send it. */
async function signIn(fields: Record<string, string> = { name: 'ana', password: 'correct horse' }): Promise<string> {
  const { headers } = await post('/sign-in', fields).expect(303);
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

jest.setTimeout(30_000);

describe('Signing in', () => {
  it('leads back, with a cookie that no script can read and no other site can send', async () => {
    const fields = { name: 'ana', password: 'correct horse', back: '/posts/p1?a=1' };
    const answer = await post('/sign-in', fields).expect(303).expect('Location', '/posts/p1?a=1');
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^session=[\w.-]+; Max-Age=43200; Path=\/; .*HttpOnly; SameSite=Lax/,
    );
  });

  it('shows where one can go, and the services who one is', async () => {
    const cookie = await signIn();
    const { text } = await get('/', cookie).expect(200);
    expect(text).toContain('href="/write"');
    expect(text).toContain('href="/review"');
    expect(text).not.toContain('href="/system"');
    await request(test.app).get('/api/moderation/readyz').set('Cookie', cookie);
    expect(test.blog.seen.at(-1)?.headers.authorization).toMatch(/^Bearer [\w.-]+$/);
    expect(test.blog.seen.at(-1)?.headers.cookie).toBeUndefined();
    await post('/posts', { title: 'By ana', body: '' }, cookie).expect(303);
    expect(test.blog.seen.at(-1)?.headers.authorization).toMatch(/^Bearer /);
  });

  it.each<Record<string, string>>([
    { name: 'ana', password: 'wrong password' },
    { name: 'ben', password: 'correct horse' },
    { name: '', password: '' },
    {},
  ])('fails in the same words for %j', async (fields) => {
    const { text, headers } = await post('/sign-in', { back: '/write', ...fields }).expect(401);
    expect(text).toContain('Name and password don’t belong together.');
    expect(text).toContain('name="back" value="/write"');
    expect(text).not.toContain('correct horse');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('leads nowhere else than to this site', async () => {
    for (const back of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      await post('/sign-in', { name: 'ana', password: 'correct horse', back }).expect(303).expect('Location', '/');
    }
  });

  it('is refused after too many failures for one name, also with the right password', async () => {
    for (let n = 0; n < 10; n += 1) await post('/sign-in', { name: 'ana', password: `wrong ${n}` }).expect(401);
    const { text, headers } = await post('/sign-in', { name: 'ana', password: 'correct horse' }).expect(429);
    expect(text).toContain('That was a lot at once');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await post('/sign-in', { name: 'ana', password: 'correct horse' }).expect(429);
    // Entries are written in their order: when this one is there, all others are.
    await test.accounts.createLink('ana', 10);
    const { entries } = await readAudit(join(test.folder, 'audit.jsonl'));
    const refused = entries.filter(({ event }) => event === 'sign-in-refused');
    expect(refused).toEqual([expect.objectContaining({ how: 'password', count: 1 })]);
  });

  it('checks few passwords at once, whatever number is sent from wherever; links go past those that wait', async () => {
    const code = await test.accounts.createLink('ana', 10);
    const from = (n: number) => ({ ...browser, 'X-Forwarded-For': `203.0.113.${n}` });
    const tries = Array.from({ length: 40 }, async (_, n) => {
      const fields = { name: `name ${n}`, password: 'wrong password' };
      const { status, headers } = await request(test.app).post('/sign-in').type('form').set(from(n)).send(fields);
      return { status, isToldWhen: headers['retry-after'] !== undefined };
    });
    const byLink = post('/sign-in', { code });
    expect((await byLink).status).toBe(303);
    const answers = await Promise.all(tries);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(22);
    expect(answers.filter(({ status }) => status === 503)).toEqual(Array(18).fill({ status: 503, isToldWhen: true }));
  });

  it('takes no form of another site', async () => {
    const foreign = { ...browser, Origin: 'http://evil.example' };
    const fields = { name: 'ana', password: 'correct horse' };
    await request(test.app).post('/sign-in').type('form').set(foreign).send(fields).expect(403);
  });

  it('works once by a link, and only when the button on its page is pressed', async () => {
    const code = await test.accounts.createLink('ana', 10);
    for (let n = 0; n < 2; n += 1) expect((await get(`/sign-in?code=${code}`).expect(200)).text).toContain(code);
    expect((await get('/', await signIn({ code }))).text).toContain('Signed in as ana');
    const { text } = await post('/sign-in', { code }).expect(401);
    expect(text).toContain('This link was used before, or is too old.');
  });

  it('is nobody’s where no secret is set', async () => {
    const closed = await setUpApp({ canSignIn: false });
    try {
      await request(closed.app).get('/sign-in').set(browser).expect(403);
      const { text } = await request(closed.app).get('/').set(browser).expect(200);
      expect(text).not.toContain('/sign-in');
    } finally {
      await closed.close();
    }
  });
});

describe('A session', () => {
  it('ends when one signs out', async () => {
    const { headers } = await post('/sign-out', {}, await signIn()).expect(303);
    expect(String(headers['set-cookie'])).toMatch(/^session=; .*Expires=Thu, 01 Jan 1970/);
  });

  it('ends at once with the account, and with a role that is taken away', async () => {
    const cookie = await signIn();
    await test.accounts.setRoles('ana', ['author']);
    expect((await get('/', cookie)).text).not.toContain('Signed in as ana');
    const second = await signIn();
    await test.accounts.remove('ana');
    expect((await get('/', second)).text).not.toContain('Signed in as ana');
  });

  it('is not begun by what somebody made up', async () => {
    for (const value of ['x', 'a.b.c', '', '%00', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.']) {
      const { text } = await get('/', `session=${value}`).expect(200);
      expect(text).not.toContain('Signed in');
    }
  });
});
