import request from 'supertest';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
afterEach(() => test.close());
const origins = ['https://shop.example', 'http://localhost:8080'];
const get = (path: string) => request(test.app).get(path).set('Accept', 'text/html');

describe('Comments in a page of another site', () => {
  beforeEach(async () => void (test = await setUpApp({ embedOrigins: origins })));

  it('may be framed by the origins that are allowed, and by no other', async () => {
    const { id } = test.blog.addPost({ title: 'On Facts' });
    test.blog.addComment(id, { content: 'Well said.' });
    const { text, headers } = await get(`/embed/${id}`).expect(200);
    expect(headers['content-security-policy']).toContain('frame-ancestors https://shop.example http://localhost:8080');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-frame-options']).toBeUndefined();
    expect(text).toContain('Well said.');
    expect(text).not.toContain('<header class');
    expect(text).toContain(`href="http://blog.example/posts/${id}/on-facts"`);
    expect((await get('/embed/unknown').expect(404)).headers['content-security-policy']).toContain('shop.example');
  });

  it('leave every other page as closed as it was', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    for (const path of ['/', `/posts/${id}`, '/sign-in', '/embed', '/nowhere']) {
      const { headers } = await get(path);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-frame-options']).toBe('SAMEORIGIN');
    }
  });

  it('are written by forms that lead back into the frame', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    expect((await get(`/embed/${id}`)).text).toContain(`action="/embed/${id}/comments"`);
    const write = request(test.app).post(`/embed/${id}/comments`).type('form');
    const answer = await write.set('Sec-Fetch-Site', 'same-origin').send({ content: 'hello' }).expect(303);
    expect(answer.headers['location']).toMatch(`/embed/${id}#c-`);
    const { text } = await get(`/embed/${id}?reply=${test.blog.comments[0]?.id}`);
    expect(text).toContain(`/embed/${id}/comments`);
  });

  it('are known as own ones by a cookie that only frames in that site get, and only over HTTPS or on this machine', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    const write = () => request(test.app).post(`/api/comments/posts/${id}/comments`).send({ content: 'hello' });
    const framed = await write().set('Referer', `http://blog.example/embed/${id}`).expect(201);
    const cookies = framed.get('Set-Cookie') ?? [];
    expect(cookies[1]).toMatch(/^framed_comment_tokens=.*HttpOnly; Secure; Partitioned; SameSite=None$/i);
    expect((await write().expect(201)).get('Set-Cookie')).toHaveLength(1);
    const { text } = await get(`/embed/${id}`).set('Cookie', cookies[1]?.split(';')[0] ?? '');
    expect(text).toContain('Awaiting moderation');
  });

  it('can not be written from that site itself', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://shop.example' }]) {
      await request(test.app)
        .post(`/embed/${id}/comments`)
        .type('form')
        .set(headers)
        .send({ content: 'x' })
        .expect(403);
    }
    expect(test.blog.comments).toEqual([]);
  });
});

describe('Where no origin is allowed', () => {
  it('there is nothing to frame', async () => {
    test = await setUpApp();
    const { id } = test.blog.addPost({ title: 'T' });
    const { headers } = await get(`/embed/${id}`).expect(404);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});
