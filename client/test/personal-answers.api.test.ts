import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { readAudit } from '../server/accounts/audit';
import { setUpApp } from './set-up-app';
import { browser, useAccess, valueOf } from './use-access';

jest.setTimeout(60_000);

const { test, post, signIn, programToken, ask } = useAccess();

describe('Personal answers are kept by nobody', () => {
  it('whether a cookie or a token proves who asks', async () => {
    const cookie = await signIn();
    for (const shown of [{ cookie }, { bearer: await programToken() }]) {
      for (const path of ['/moderation/queue', '/moderation/verdicts', '/posts/posts?drafts=true', '/query/posts']) {
        const { headers } = await ask(shown, `/api${path}`);
        expect({ path, cache: headers['cache-control'] }).toEqual({ path, cache: 'private, no-store' });
        expect(headers.vary).toMatch(/Cookie.*Authorization/);
      }
    }
  });

  it('also where they are refused, and where a comment’s token shows more', async () => {
    const { headers } = await ask({}, '/api/moderation/queue');
    expect(headers['cache-control']).toBe('private, no-store');
    const { id } = test().blog.addPost({ title: 'T' });
    const path = `/api/comments/posts/${id}/comments`;
    const { headers: own } = await request(test().app).get(path).set('Comment-Token', 'x');
    expect(own['cache-control']).toBe('private, no-store');
    const { headers: anonymous } = await request(test().app).get(path);
    expect(anonymous['cache-control']).toBe('private, no-cache');
    expect(anonymous.vary).toMatch(/Cookie.*Authorization.*Comment-Token/);
  });

  it('what query tells everybody may be kept as query says', async () => {
    const { headers } = await ask({}, '/api/query/posts');
    expect(headers['cache-control']).not.toBe('private, no-store');
    expect(headers.vary ?? '').not.toContain('Cookie');
  });
});

describe('By HTTPS', () => {
  const secure = { ...browser, Host: 'blog.example', Origin: 'https://blog.example' };

  it('all cookies are this host’s alone, and one without the prefix proves nothing', async () => {
    const https = await setUpApp({ publicUrl: 'https://blog.example' });
    try {
      await https.accounts.add({ name: 'ana', roles: ['author'], password: 'correct horse' });
      const at = request(https.app);
      const signedIn = await at
        .post('/sign-in')
        .type('form')
        .set(secure)
        .send({ name: 'ana', password: 'correct horse' });
      const [cookie = ''] = signedIn.get('Set-Cookie') ?? [];
      expect(cookie).toMatch(/^__Host-session=[\w-]{43}; Max-Age=43200; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
      const value = valueOf(cookie.split(';')[0] ?? '');
      const page = async (name: string) => (await at.get('/').set({ ...secure, Cookie: `${name}=${value}` })).text;
      expect(await page('__Host-session')).toContain('Signed in as ana');
      expect(await page('session')).not.toContain('Signed in as ana');
      const themed = await at.post('/theme').type('form').set(secure).send({ theme: 'dark' });
      expect(themed.get('Set-Cookie')?.[0]).toMatch(/^__Host-theme=dark;/);
      const { id } = https.blog.addPost({ title: 'T' });
      const path = `/api/comments/posts/${id}/comments`;
      const written = await at.post(path).set(secure).send({ content: 'mine' }).expect(201);
      const [tokens = ''] = written.get('Set-Cookie') ?? [];
      expect(tokens).toMatch(/^__Host-comment_tokens=/);
      // Readers keep what an earlier version has given them.
      const older = (tokens.split(';')[0] ?? '').replace('__Host-', '');
      await at.get(path).set({ ...secure, Cookie: older });
      expect(https.blog.seen.at(-1)?.headers['comment-token']).toBeDefined();
    } finally {
      await https.close();
    }
  });
});

describe('The audit tells', () => {
  const audit = async () => (await readAudit(join(test().folder, 'audit.jsonl'))).entries;
  const events = async () => (await audit()).map(({ event, account, by }) => [event, by ?? account]);

  it('who signed in, out, failed to, and what was done to accounts', async () => {
    const cookie = await signIn();
    await post('/sign-out', {}, cookie).expect(303);
    await post('/sign-in', { name: 'ana', password: 'not the password' }).expect(401);
    await post('/sign-in', { name: 'my secret password', password: 'x' }).expect(401);
    await post('/sign-out/everywhere', {}, await signIn()).expect(303);
    await test().accounts.remove('ana');
    expect(await events()).toEqual([
      ['key-changed', undefined],
      ['account-added', 'ana'],
      ['signed-in', 'ana'],
      ['signed-out', 'ana'],
      ['sign-in-failed', 'ana'],
      ['sign-in-failed', undefined],
      ['signed-in', 'ana'],
      ['signed-out-everywhere', 'ana'],
      ['account-removed', 'ana'],
    ]);
    const text = await readFile(join(test().folder, 'audit.jsonl'), 'utf8');
    for (const secret of ['correct horse', 'my secret password', 'not the password', valueOf(cookie)]) {
      expect(text).not.toContain(secret);
    }
  });

  it('who deleted a comment or a post, by whatever way, and nothing where nothing was deleted', async () => {
    test().blog.apps.posts.delete('/posts/:id', (_req, res) => void res.sendStatus(204));
    const { id } = test().blog.addPost({ title: 'T' });
    const path = `/api/comments/posts/${id}/comments`;
    const write = async () => {
      const { headers, body } = await request(test().app).post(path).send({ content: 'A text' }).expect(201);
      const own = String(headers['set-cookie']).split(';')[0] ?? '';
      return { own, comment: (body as { id: string }[]).at(-1)?.id ?? '' };
    };
    const [first, second, third] = [await write(), await write(), await write()];
    const cookie = await signIn();
    const asPage = { ...browser, Accept: 'application/json' };
    await request(test().app)
      .delete(`${path}/${first.comment}`)
      .set({ ...asPage, Cookie: `${cookie}; ${first.own}` })
      .expect(204);
    await post(`/posts/${id}/comments/${second.comment}`, { intent: 'delete' }, `${cookie}; ${second.own}`).expect(303);
    await request(test().app)
      .delete(`${path}/${third.comment}`)
      .set({ ...asPage, Cookie: cookie })
      .expect(403);
    await request(test().app)
      .delete(`${path}/${third.comment}`)
      .set({ ...asPage, Cookie: third.own })
      .expect(204);
    await request(test().app)
      .delete(`/api/posts/posts/${id}`)
      .set({ ...asPage, Cookie: cookie })
      .expect(204);
    const deletions = (await audit()).filter(({ event }) => event.endsWith('-deleted'));
    expect(deletions).toEqual([
      { time: expect.any(String), event: 'comment-deleted', by: 'ana', post: id, comment: first.comment },
      { time: expect.any(String), event: 'comment-deleted', by: 'ana', post: id, comment: second.comment },
      { time: expect.any(String), event: 'post-deleted', by: 'ana', post: id },
    ]);
  });
});
