import request from 'supertest';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
beforeEach(async () => void (test = await setUpApp()));
afterEach(() => test.close());

const get = (path: string, cookie = '') => request(test.app).get(path).set('Accept', 'text/html').set('Cookie', cookie);
const post = (path: string, fields: Record<string, string>, cookie = '') =>
  request(test.app)
    .post(path)
    .type('form')
    .set({ Accept: 'text/html', Host: 'blog.example', Origin: 'http://blog.example', Cookie: cookie })
    .send(fields);

/** The cookie that an answer sets, as the browser will send it. */
function cookieOf(answer: request.Response, name: string): string {
  const cookies = answer.get('Set-Cookie') ?? [];
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.split(';')[0] ?? '';
}

describe('The form for a post', () => {
  it('stores it and leads to it', async () => {
    const answer = await post('/posts', { title: 'Hello there', body: 'one\r\ntwo', key: 'k1' }).expect(303);
    const [stored] = [...test.blog.posts.values()];
    expect(stored).toMatchObject({ title: 'Hello there', body: 'one\ntwo' });
    expect(answer.headers.location).toBe(`/posts/${stored?.id}/hello-there`);
    expect(test.blog.seen.at(-1)?.headers['idempotency-key']).toBe('k1');
  });

  it('comes back with what was typed and the fault of each field, in the status of the service', async () => {
    const { text } = await post('/posts', { title: '  ', body: 'a <b>body</b>' }).expect(400);
    expect(text).toContain('must not be empty');
    expect(text).toContain('a &lt;b&gt;body&lt;/b&gt;</textarea>');
    expect(text).toMatch(/<details[^>]* open=""/);
    expect(text).toMatch(/aria-invalid="true" aria-describedby="post-title-fault"/);
    expect(test.blog.posts.size).toBe(0);
  });

  it('comes back with what was typed while the service is away', async () => {
    await test.servers.posts.close();
    const { text } = await post('/posts', { title: 'Kept', body: 'kept too' }).expect(503);
    expect(text).toContain('value="Kept"');
    expect(text).toContain('kept too</textarea>');
  });

  it('takes text in any script, and nothing that is not UTF-8', async () => {
    await post('/posts', { title: '日本語 🦉 & = +' }).expect(303);
    expect([...test.blog.posts.values()][0]?.title).toBe('日本語 🦉 & = +');
    await request(test.app).post('/posts').type('form').send('title=%ff').expect(400);
    await request(test.app).post('/posts').type('form').send('title=%').expect(400);
    await request(test.app).post('/posts').type('text/plain').send('title=a').expect(415);
    expect(test.blog.posts.size).toBe(1);
  });

  it('is at the front page when its own address is opened', async () => {
    await get('/posts').expect(302).expect('Location', '/');
  });
});

describe('The form for a comment', () => {
  const write = (id: string, cookie = '') =>
    post(`/posts/${id}/comments`, { content: 'my words', author: ' Ada ' }, cookie);

  it('stores it and leads to its place', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    const answer = await write(id).expect(303);
    const [comment] = test.blog.comments;
    expect(comment).toMatchObject({ postId: id, content: 'my words', author: 'Ada', status: 'pending' });
    expect(answer.headers.location).toBe(`/posts/${id}#c-${comment?.id}`);
  });

  it("shows its author the comment's state and the reason of a rejection, and nobody else", async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    const cookie = cookieOf(await write(id), 'comment_tokens');
    const pending = (await get(`/posts/${id}`, cookie)).text;
    expect(pending).toContain('my words');
    expect(pending).toContain('Awaiting moderation, only you can see this');
    expect((await get(`/posts/${id}`)).text).not.toContain('my words');

    test.blog.judge(test.blog.comments[0]?.id ?? '', 'rejected', 'it is rude');
    const rejected = (await get(`/posts/${id}`, cookie)).text;
    expect(rejected).toContain('Reason: it is rude');
    expect(rejected).toContain('my words');
    const others = (await get(`/posts/${id}`)).text;
    expect(others).not.toContain('my words');
    expect(others).not.toContain('it is rude');
  });

  it('keeps the token where no script can read it and no other site can send it', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    const answer = await write(id);
    const [cookie] = answer.get('Set-Cookie') ?? [];
    expect(cookie).toMatch(/^comment_tokens=[^;]+; Max-Age=\d+; Path=\/;.* HttpOnly; SameSite=Lax$/);
    const page = await get(`/posts/${id}`, cookieOf(answer, 'comment_tokens'));
    expect(page.text).not.toContain(test.blog.comments[0]?.token);
  });

  it('remembers the last 20 tokens', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    let cookie = '';
    for (let n = 0; n < 22; n++) cookie = cookieOf(await write(id, cookie), 'comment_tokens');
    await get(`/posts/${id}`, cookie);
    const asked = test.blog.seen.filter(({ service, method }) => service === 'comments' && method === 'GET').at(-1);
    const tokens = test.blog.comments.map(({ token }) => token).slice(-20);
    expect(asked?.headers['comment-token']).toBe(tokens.join(', '));
  });

  it('does not ask the comments service for who has never commented', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    await get(`/posts/${id}`, 'theme=dark').expect(200);
    expect(test.blog.seen.filter(({ service }) => service === 'comments')).toEqual([]);
  });

  it('comes back with what was typed and what is wrong with it', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    const { text } = await post(`/posts/${id}/comments`, { content: ' ', author: 'Ada' }).expect(400);
    expect(text).toContain('must not be empty');
    expect(text).toContain('value="Ada"');
  });

  it('comes back with what was typed while the service is away', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    await test.servers.comments.close();
    const { text } = await write(id).expect(503);
    expect(text).toContain('my words</textarea>');
  });
});

describe('The form for the colours', () => {
  it('keeps the choice in a cookie and leads back', async () => {
    const answer = await post('/theme', { theme: 'dark', back: '/posts/a?x=1' }).expect(303);
    expect(answer.headers.location).toBe('/posts/a?x=1');
    expect((await get('/', cookieOf(answer, 'theme'))).text).toContain('data-theme="dark"');
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', ''])(
    'leads to no other site: %j',
    async (back) => {
      await post('/theme', { theme: 'light', back }).expect(303).expect('Location', '/');
    },
  );
});

describe('A form that was sent from another site', () => {
  const refused: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://blog.example' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'http://evil.example' },
    { Origin: 'null' },
    { Origin: 'https://blog.example' },
    { Origin: 'http://blog.example:444' },
  ];
  it.each(refused)('is refused, and nothing is stored: %j', async (headers) => {
    const send = request(test.app).post('/posts').type('form').set({ Accept: 'text/html', Host: 'blog.example' });
    const { text } = await send.set(headers).send({ title: 'T' }).expect(403);
    expect(text).toContain('Not for you');
    expect(text).toContain('Send this from the blog’s own pages.');
    expect(test.blog.posts.size).toBe(0);
  });

  const accepted: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://blog.example' },
    { Origin: 'http://localhost:3000', Host: 'localhost:3000' },
    {},
  ];
  it.each(accepted)('is told apart from one of its own, or of a program: %j', async (headers) => {
    await request(test.app)
      .post('/posts')
      .type('form')
      .set({ Host: 'blog.example', ...headers })
      .send({ title: 'T' })
      .expect(303);
  });
});
