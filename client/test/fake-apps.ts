import express, { type Express, type Request, type Response } from 'express';
import { type FakeBlog, type FakeComment, type FakePost, forPublic, forReader } from './fake-state';

type State = Omit<FakeBlog, 'apps' | 'emit'>;

function refuse(res: Response, status: number, detail: string, errors?: { path: string; message: string }[]): void {
  const problem = { type: 'about:blank', title: detail, status, detail, errors };
  res.status(status).type('application/problem+json').send(JSON.stringify(problem));
}

const tokensOf = (req: Request): string[] => (req.get('Comment-Token') ?? '').split(',').map((part) => part.trim());

/** The services' routes over one state, and the stream of the read model. */
export function createFakeApps(blog: State): Pick<FakeBlog, 'apps' | 'emit'> {
  const streams = new Set<{ res: Response; post: string | undefined }>();
  let events = 0;

  function emit(type: string, data: unknown): void {
    events += 1;
    const about = data as { id?: string; postId?: string };
    for (const { res, post } of streams) {
      if (post !== undefined && post !== (about.postId ?? about.id)) continue;
      res.write(`id: ${events}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  }

  function serviceApp(name: string): Express {
    const app = express();
    app.use(express.json());
    app.use((req, res, next) => {
      const { method, url, headers } = req;
      blog.seen.push({ service: name, method, url, headers, body: req.body as unknown });
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
      if (!title?.trim()) return refuse(res, 400, 'no', [{ path: 'title', message: 'must not be empty' }]);
      const post = blog.addPost({ title, body, createdAt: new Date().toISOString() });
      res.status(201).location(`/posts/${post.id}`).json(post);
    });
    app.get('/posts/:id', (req, res) => {
      const post = blog.posts.get(req.params.id);
      if (!post) return refuse(res, 404, 'There is no such post.');
      res.json(post);
    });
    return app;
  }

  const listFor = (postId: string, tokens: string[]) =>
    blog.comments.filter((comment) => comment.postId === postId).map((comment) => forReader(comment, tokens));

  function write(req: Request<{ id: string }>): FakeComment {
    const { content, author = '', parentId } = req.body as { content: string; author?: string; parentId?: string };
    const key = req.get('Idempotency-Key') ?? '';
    const earlier = blog.comments.find(({ id }) => key !== '' && id === blog.written.get(key));
    if (earlier) return earlier;
    const createdAt = new Date().toISOString();
    const reply = parentId === undefined ? {} : { parentId };
    const comment = blog.addComment(req.params.id, { content, author, status: 'pending', createdAt, ...reply });
    blog.written.set(key, comment.id);
    return comment;
  }

  function commentsApp(): Express {
    const app = serviceApp('comments');
    app.get('/posts/:id/comments', (req, res) => void res.json(listFor(req.params.id, tokensOf(req))));
    app.post('/posts/:id/comments', (req, res) => {
      const { content } = req.body as { content?: string };
      if (!content?.trim()) return refuse(res, 400, 'no', [{ path: 'content', message: 'must not be empty' }]);
      const { id, token } = write(req);
      res
        .status(201)
        .set({ Location: `/posts/${req.params.id}/comments/${id}`, 'Comment-Token': token })
        .json(listFor(req.params.id, [token]));
    });
    app.use('/posts/:id/comments/:commentId', (req, res, next) => {
      const comment = blog.comments.find(({ id }) => id === req.params.commentId);
      if (!comment) return refuse(res, 404, 'The post has no such comment.');
      if (!tokensOf(req).includes(comment.token)) return refuse(res, 403, 'Only its author may do this.');
      next();
    });
    app.patch('/posts/:id/comments/:commentId', (req, res) => {
      const { content = '' } = req.body as { content?: string };
      if (!content.trim()) return refuse(res, 400, 'no', [{ path: 'content', message: 'must not be empty' }]);
      const changes = { content, status: 'pending', editedAt: new Date().toISOString() } as const;
      const changed = blog.change(req.params.commentId, changes);
      res.json(forReader(changed, [changed.token]));
    });
    app.delete('/posts/:id/comments/:commentId', (req, res) => {
      blog.remove(req.params.commentId);
      res.sendStatus(204);
    });
    return app;
  }

  function inQuery({ body: _body, html: _html, ...post }: FakePost) {
    const comments = blog.comments.filter(({ postId }) => postId === post.id);
    const commentCount = comments.filter(({ status }) => status === 'approved').length;
    return { ...post, commentCount, comments: comments.map(forPublic) };
  }

  function isWanted({ title, body, tags }: FakePost, { q, tag }: Request['query']): boolean {
    const text = `${title} ${body}`.toLowerCase();
    return (typeof q !== 'string' || text.includes(q.toLowerCase())) && (typeof tag !== 'string' || tags.includes(tag));
  }

  function queryApp(): Express {
    const app = serviceApp('query');
    app.get('/moved', (req, res) => {
      const post = [...blog.posts.values()].find(({ formerPath }) => formerPath === req.query['path']);
      return post ? res.json({ id: post.id, title: post.title }) : refuse(res, 404, 'No post was there.');
    });
    app.get('/posts', (req, res) => {
      const limit = Number(req.query['limit'] ?? 100);
      const skip = Number(req.query['cursor'] ?? 0);
      const known = [...blog.posts.values()].filter(({ id }) => !blog.notInQuery.has(id)).reverse();
      const all = known.filter((post) => isWanted(post, req.query));
      if (skip + limit < all.length)
        res.setHeader('Link', `</posts?limit=${limit}&cursor=${skip + limit}>; rel="next"`);
      res.setHeader('Total-Count', all.length);
      const page = all.slice(skip, skip + limit).reverse();
      res.json(Object.fromEntries(page.map((post) => [post.id, inQuery(post)])));
    });
    app.get('/posts/:id', (req, res) => {
      const post = blog.posts.get(req.params.id);
      if (!post || blog.notInQuery.has(post.id)) return refuse(res, 404, 'There is no such post.');
      res.json({ ...inQuery(post), body: post.body, html: post.html });
    });
    app.get('/feed.atom', (req, res) => {
      const title = `All posts ${typeof req.query['tag'] === 'string' ? req.query['tag'] : ''}`;
      res.type('application/atom+xml').send(`<feed xmlns="http://www.w3.org/2005/Atom"><title>${title}</title></feed>`);
    });
    app.get('/stream', (req, res) => {
      res.type('text/event-stream').write(': hello\n\n');
      const post = typeof req.query['post'] === 'string' ? req.query['post'] : undefined;
      const stream = { res, post };
      streams.add(stream);
      req.on('close', () => streams.delete(stream));
    });
    return app;
  }

  const apps = { posts: postsApp(), comments: commentsApp(), query: queryApp(), moderation: serviceApp('moderation') };
  return { apps, emit };
}
