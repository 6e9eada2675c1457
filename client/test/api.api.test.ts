import { get as httpGet, type IncomingMessage } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { silentLogger } from '@blog/kit';
import request from 'supertest';
import { servicePath } from '../server/api';
import { serve } from './fake-blog';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
/** What a test has opened besides; closed whether it passes or fails. */
let opened: { close(): Promise<void> }[] = [];

function keep<T extends { close(): Promise<void> }>(thing: T): T {
  opened.push(thing);
  return thing;
}

beforeEach(async () => void (test = await setUpApp()));
afterEach(async () => {
  test.closeStreams();
  for (const thing of [...opened, test]) await thing.close();
  opened = [];
});

describe('What is passed on', () => {
  it("reaches the service as it was sent, and comes back with the service's own status", async () => {
    const created = await request(test.app)
      .post('/api/posts/posts')
      .set('X-Request-Id', 'r-1')
      .send({ title: 'T' })
      .expect(201);
    expect(created.body).toMatchObject({ title: 'T' });
    expect(created.headers.location).toBe(`/api/posts/posts/${created.body.id}`);
    expect(test.blog.seen.at(-1)).toMatchObject({ service: 'posts', body: { title: 'T' } });
    expect(test.blog.seen.at(-1)?.headers).toMatchObject({ 'x-request-id': 'r-1', 'content-type': 'application/json' });
    const refused = await request(test.app).post('/api/posts/posts').send({ title: '' }).expect(400);
    expect(refused.type).toBe('application/problem+json');
    expect(refused.body.errors).toEqual([{ path: 'title', message: 'must not be empty' }]);
  });

  it("names the next page in this origin's own addresses", async () => {
    for (let n = 0; n < 3; n++) test.blog.addPost({ title: 'T' });
    const { headers } = await request(test.app).get('/api/query/posts?limit=2').expect(200);
    expect(headers.link).toBe('</api/query/posts?limit=2&cursor=2>; rel="next"');
  });

  it('carries no cookie to a service, and opens no answer to other origins', async () => {
    const { headers } = await request(test.app).get('/api/query/posts').set('Cookie', 'theme=dark').expect(200);
    expect(test.blog.seen.at(-1)?.headers.cookie).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('carries the tokens of own comments, which the browser never sees', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    const path = `/api/comments/posts/${id}/comments`;
    const answer = await request(test.app).post(path).send({ content: 'mine' }).expect(201);
    expect(answer.headers['comment-token']).toBeUndefined();
    expect(JSON.stringify(answer.body)).not.toContain('token');
    const cookie = (answer.get('Set-Cookie') ?? [''])[0]?.split(';')[0] ?? '';
    const own = await request(test.app).get(path).set('Cookie', cookie).expect(200);
    expect(own.body).toMatchObject([{ content: 'mine', own: true, status: 'pending' }]);
    expect(own.headers['cache-control']).toContain('private');
    const others = await request(test.app).get(path).expect(200);
    expect(others.body).toMatchObject([{ content: '', status: 'pending' }]);
  });

  it('is refused from another site', async () => {
    const send = () => request(test.app).post('/api/posts/posts').set('Origin', 'http://evil.example');
    const { type } = await send().send({ title: 'T' }).expect(403);
    expect(type).toBe('application/problem+json');
    expect(test.blog.seen).toEqual([]);
  });

  it('is a 404 for what is no service', async () => {
    for (const name of ['event-bus', 'constructor', '__proto__'])
      await request(test.app).get(`/api/${name}/x`).expect(404);
  });
});

describe('The doors for events and metrics', () => {
  const spellings = [
    '/events',
    '/events/',
    '//events',
    '/EVENTS',
    '/%65vents',
    '/x/../events',
    '/.//events',
    '/events%2f',
  ];
  it.each([...spellings, '/events?a=b', '/%2565vents', '/\\events', '/metrics', '/events;a'])(
    'are closed: %s',
    (path) => {
      expect(() => servicePath(path)).toThrow('There is no such route.');
    },
  );

  it('are not reached through this origin', async () => {
    await request(test.app).post('/api/posts/events').send({ type: 'PostCreated', data: {} }).expect(404);
    await request(test.app).post('/api/posts/%65vents').send({ type: 'PostCreated', data: {} }).expect(404);
    expect(test.blog.seen).toEqual([]);
  });

  it('leave other routes open', () => {
    expect(servicePath('/posts/events?x=%2F')).toBe('/posts/events?x=%2F');
    expect(servicePath('/posts/a%2Fb/comments')).toBe('/posts/a%2Fb/comments');
  });
});

describe('A service that is away', () => {
  it('is a 503 with problem+json, and is back as soon as it answers', async () => {
    const { port } = new URL(test.servers.query.url);
    await test.servers.query.close();
    const { body, type, headers } = await request(test.app).get('/api/query/posts').expect(503);
    expect(type).toBe('application/problem+json');
    expect(body).toMatchObject({ status: 503, detail: 'query is away.' });
    expect(headers['retry-after']).toBe('1');
    test.servers.query = await serve(test.blog.apps.query, Number(port));
    await request(test.app).get('/api/query/posts').expect(200);
  });

  it('is a 502 where it breaks off before it has answered a write, which may have been stored', async () => {
    const breaking = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
    keep({ close: () => new Promise((resolve) => breaking.close(() => resolve())) });
    const address = breaking.address() as { port: number };
    const broken = keep(await setUpApp({ commentsUrls: [`http://127.0.0.1:${address.port}`] }));
    const { body } = await request(broken.app)
      .post('/api/comments/posts/p/comments')
      .send({ content: 'c' })
      .expect(502);
    expect(body).toMatchObject({ status: 502 });
  });
});

describe('A reader who goes away before there is an answer', () => {
  it('is no error in the log', async () => {
    let reached = (_socket: Socket): void => undefined;
    const asked = new Promise<Socket>((resolve) => (reached = resolve));
    const waiting = createServer((socket) => socket.on('error', () => undefined).once('data', () => reached(socket)));
    await new Promise<void>((resolve) => waiting.listen(0, '127.0.0.1', resolve));
    keep({ close: () => new Promise((resolve) => waiting.close(() => resolve())) });
    const logged = jest.spyOn(silentLogger, 'error');
    const { port } = waiting.address() as { port: number };
    const left = keep(await setUpApp({ commentsUrls: [`http://127.0.0.1:${port}`] }));
    const server = keep(await serve(left.app));
    const reader = httpGet(`${server.url}/api/comments/posts/p/comments`).on('error', () => undefined);
    const socket = await asked;
    const passedOn = new Promise((resolve) => socket.once('close', resolve));
    reader.destroy();
    await passedOn;
    await request(server.url).get('/healthz').expect(200);
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });
});

describe('Comments', () => {
  it('go round the replicas, and past one that takes no connection, a write included', async () => {
    const replicas = [keep(await serve(test.blog.apps.comments)), keep(await serve(test.blog.apps.comments))];
    const gone = await serve(test.blog.apps.comments);
    await gone.close();
    const many = keep(await setUpApp({ commentsUrls: [gone.url, ...replicas.map(({ url }) => url)] }));
    for (let n = 0; n < 6; n++) {
      await request(many.app)
        .post('/api/comments/posts/p/comments')
        .send({ content: `c${n}` })
        .expect(201);
    }
    const hosts = test.blog.seen.map(({ headers }) => headers.host);
    expect(new Set(hosts)).toEqual(new Set(replicas.map(({ url }) => new URL(url).host)));
    expect(test.blog.comments.map(({ content }) => content)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5']);
    for (const replica of replicas) await replica.close();
    await request(many.app).get('/api/comments/posts/p/comments').expect(503);
  });
});

describe('The live stream', () => {
  it('is passed on message by message, and ends when the process does', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    const server = keep(await serve(test.app));
    const headers = { 'Last-Event-ID': '41' };
    const stream = await new Promise<IncomingMessage>((resolve, reject) =>
      httpGet(`${server.url}/api/query/stream?post=${id}`, { headers }, resolve).on('error', reject),
    );
    expect(stream.headers['content-type']).toContain('text/event-stream');
    const messages = stream.setEncoding('utf8')[Symbol.asyncIterator]();
    expect((await messages.next()).value).toContain(': hello');
    test.blog.emit('comment', { id: 'c', postId: 'another' });
    test.blog.emit('comment', { id: 'c', postId: id });
    expect((await messages.next()).value).toBe(`id: 2\nevent: comment\ndata: {"id":"c","postId":"${id}"}\n\n`);
    expect(test.blog.seen.at(-1)?.headers['last-event-id']).toBe('41');
    test.closeStreams();
    expect((await messages.next()).done).toBe(true);
  });
});
