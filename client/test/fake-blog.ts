import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request, type Response } from 'express';

export interface FakePost {
  id: string;
  title: string;
  body: string;
  html: string;
  excerpt: string;
  tags: string[];
  createdAt: string;
  version: number;
}

export interface FakeComment {
  id: string;
  postId: string;
  author: string;
  content: string;
  status: 'pending' | 'approved' | 'rejected';
  createdAt: string;
  version: number;
  token: string;
  reason?: string;
}

/** A request as a service got it. */
export interface Seen {
  service: string;
  method: string;
  url: string;
  headers: Request['headers'];
  body: unknown;
}

/** The state of all fake services. Tests change it as they like, and tell it to the stream themselves. */
export interface FakeBlog {
  posts: Map<string, FakePost>;
  comments: FakeComment[];
  seen: Seen[];
  /** Ids of posts which the read model doesn't have yet. */
  notInQuery: Set<string>;
  /** Statuses that a service answers with, whatever is asked. */
  broken: Map<string, number>;
  addPost(post: Partial<FakePost> & { title: string }): FakePost;
  addComment(postId: string, comment: Partial<FakeComment> & { content: string }): FakeComment;
  judge(id: string, status: 'approved' | 'rejected', reason?: string): FakeComment;
  emit(type: string, data: unknown): void;
  apps: { posts: Express; comments: Express; query: Express; moderation: Express };
}

let counter = 0;
const nextId = (prefix: string): string => `${prefix}-${String(++counter).padStart(6, '0')}`;

function forPublic({ token: _token, reason: _reason, ...comment }: FakeComment) {
  return { ...comment, content: comment.status === 'approved' ? comment.content : '' };
}

function forReader(comment: FakeComment, tokens: string[]) {
  const { token, ...own } = comment;
  return tokens.includes(token) ? { ...own, own: true } : forPublic(comment);
}

function fault(res: Response, path: string, message: string): void {
  const problem = { type: 'about:blank', title: 'Bad Request', status: 400, errors: [{ path, message }] };
  res.status(400).type('application/problem+json').send(JSON.stringify(problem));
}

const tokensOf = (req: Request): string[] => (req.get('Comment-Token') ?? '').split(',').map((part) => part.trim());

/** Fake services: in memory, with the routes that the pages use. */
export function createFakeBlog(): FakeBlog {
  const streams = new Set<{ res: Response; post: string | undefined }>();
  let events = 0;

  const blog: FakeBlog = {
    posts: new Map(),
    comments: [],
    seen: [],
    notInQuery: new Set(),
    broken: new Map(),
    addPost(post) {
      const id = post.id ?? nextId('post');
      const createdAt = post.createdAt ?? new Date(1_700_000_000_000 + counter * 1000).toISOString();
      const whole = { body: '', html: '<p>text</p>', excerpt: 'text', tags: [], version: 1, ...post, id, createdAt };
      blog.posts.set(id, whole);
      return whole;
    },
    addComment(postId, comment) {
      const id = comment.id ?? nextId('comment');
      const createdAt = comment.createdAt ?? new Date(1_700_000_000_000 + counter * 1000).toISOString();
      const whole = {
        author: '',
        status: 'approved',
        version: 1,
        token: `token-${id}`,
        ...comment,
        id,
        postId,
        createdAt,
      } as const;
      blog.comments.push(whole);
      return whole;
    },
    judge(id, status, reason) {
      const index = blog.comments.findIndex((comment) => comment.id === id);
      const comment = blog.comments[index];
      if (!comment) throw new Error(`no comment ${id}`);
      const judged = { ...comment, status, version: comment.version + 1, ...(reason ? { reason } : {}) };
      blog.comments[index] = judged;
      blog.emit('comment', forPublic(judged));
      return judged;
    },
    emit(type, data) {
      events += 1;
      const about = data as { id?: string; postId?: string };
      for (const { res, post } of streams) {
        if (post !== undefined && post !== (about.postId ?? about.id)) continue;
        res.write(`id: ${events}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      }
    },
    apps: { posts: postsApp(), comments: commentsApp(), query: queryApp(), moderation: serviceApp('moderation') },
  };

  function serviceApp(name: string): Express {
    const app = express();
    app.use(express.json());
    app.use((req, res, next) => {
      blog.seen.push({
        service: name,
        method: req.method,
        url: req.url,
        headers: req.headers,
        body: req.body as unknown,
      });
      const status = blog.broken.get(name);
      if (status !== undefined) return void res.status(status).json({ title: 'broken' });
      res.setHeader('Access-Control-Allow-Origin', '*');
      next();
    });
    app.post('/events', (_req, res) => void res.json({ status: 'reached' }));
    return app;
  }

  function postsApp(): Express {
    const app = serviceApp('posts');
    app.post('/posts', (req, res) => {
      const { title, body = '' } = req.body as { title?: string; body?: string };
      if (!title?.trim()) return fault(res, 'title', 'must not be empty');
      const post = blog.addPost({ title, body, createdAt: new Date().toISOString() });
      res.status(201).location(`/posts/${post.id}`).json(post);
    });
    app.get('/posts/:id', (req, res) => {
      const post = blog.posts.get(req.params.id);
      if (!post) return void res.status(404).json({ title: 'Not Found' });
      res.json(post);
    });
    return app;
  }

  function commentsApp(): Express {
    const app = serviceApp('comments');
    app.get('/posts/:id/comments', (req, res) => {
      const comments = blog.comments.filter(({ postId }) => postId === req.params.id);
      res.json(comments.map((comment) => forReader(comment, tokensOf(req))));
    });
    app.post('/posts/:id/comments', (req, res) => {
      const { content, author = '' } = req.body as { content?: string; author?: string };
      if (!content?.trim()) return fault(res, 'content', 'must not be empty');
      const createdAt = new Date().toISOString();
      const comment = blog.addComment(req.params.id, { content, author, status: 'pending', createdAt });
      const comments = blog.comments.filter(({ postId }) => postId === req.params.id);
      res
        .status(201)
        .set({ Location: `/posts/${req.params.id}/comments/${comment.id}`, 'Comment-Token': comment.token })
        .json(comments.map((each) => forReader(each, [comment.token])));
    });
    return app;
  }

  function inQuery({ body: _body, html: _html, ...post }: FakePost) {
    const comments = blog.comments.filter(({ postId }) => postId === post.id);
    const commentCount = comments.filter(({ status }) => status === 'approved').length;
    return { ...post, commentCount, comments: comments.map(forPublic) };
  }

  function queryApp(): Express {
    const app = serviceApp('query');
    app.get('/posts', (req, res) => {
      const limit = Number(req.query.limit ?? 100);
      const skip = Number(req.query.cursor ?? 0);
      const all = [...blog.posts.values()].filter(({ id }) => !blog.notInQuery.has(id)).reverse();
      if (skip + limit < all.length)
        res.setHeader('Link', `</posts?limit=${limit}&cursor=${skip + limit}>; rel="next"`);
      const page = all.slice(skip, skip + limit).reverse();
      res.json(Object.fromEntries(page.map((post) => [post.id, inQuery(post)])));
    });
    app.get('/posts/:id', (req, res) => {
      const post = blog.posts.get(req.params.id);
      if (!post || blog.notInQuery.has(post.id)) return void res.status(404).json({ title: 'Not Found' });
      res.json({ ...inQuery(post), body: post.body, html: post.html });
    });
    app.get('/stream', (req, res) => {
      res.type('text/event-stream').write(': hello\n\n');
      const post = typeof req.query.post === 'string' ? req.query.post : undefined;
      const stream = { res, post };
      streams.add(stream);
      req.on('close', () => streams.delete(stream));
    });
    return app;
  }

  return blog;
}

export interface FakeServer {
  url: string;
  close(): Promise<void>;
}

/** Serves an app on an ephemeral port, or on the one given. */
export async function serve(app: RequestListener, port = 0): Promise<FakeServer> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
