import { id as postId, NewPost, type Post, type PostInList, type PostWithHtml } from '@blog/contract';
import {
  createServiceApp,
  finishApp,
  jsonBody,
  linkNext,
  type Logger,
  mountRoutes,
  NotFound,
  pageQuery,
  type Registry,
  type Verifier,
} from '@blog/kit';
import { renderMarkdown } from '@blog/kit/markdown';
import { eventReceiver } from '@blog/kit/state';
import type { Express, RequestHandler } from 'express';
import { createPost } from './domain';
import type { PostStore } from './store';

export interface PostsAppDeps {
  store: PostStore;
  /** Called after each commit, so that its event goes out at once. */
  onCommit: () => void;
  newId: () => string;
  now: () => Date;
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

/** The largest body: a post of 200,000 characters, each of which JSON may write in six bytes (`\u8a9e`). */
const largestBody = 1.25 * 1024 * 1024;

/** The routes of the posts service. */
export function createApp({ store, onCommit, newId, now, verifier, logger, metrics }: PostsAppDeps): Express {
  const app = createServiceApp({ logger, metrics, isReady: store.isOpen, openTo: 'any-origin' });

  const list: RequestHandler = async (req, res) => {
    const { limit, cursor } = pageQuery().parse(req.query);
    const { items, next } = await store.page(limit, cursor);
    linkNext(req, res, next);
    res.json(Object.fromEntries(items.map((post) => [post.id, withoutBody(post)])));
  };

  const create: RequestHandler = async (req, res) => {
    const input = NewPost.parse(req.body);
    const { post, fact } = createPost(input, { id: newId(), now: now() });
    await store.save(post, fact);
    onCommit();
    res.status(201).location(`/posts/${post.id}`).json(post);
  };

  const read: RequestHandler<{ id: string }> = async (req, res) => {
    const post = await store.find(postId.parse(req.params.id));
    if (!post) throw new NotFound('There is no such post.');
    res.json({ ...post, html: renderMarkdown(post.body) } satisfies PostWithHtml);
  };

  const post = [...jsonBody({ limit: largestBody }), create];
  mountRoutes(app, {
    '/posts': { get: list, post },
    '/posts/create': { post },
    '/posts/:id': { get: read as RequestHandler },
    '/events': { post: eventReceiver({ schemas: {}, apply: () => Promise.resolve(), verifier }) },
  });
  return finishApp(app, logger);
}

function withoutBody({ id, title, tags, draft, createdAt, updatedAt, version }: Post): PostInList {
  return { id, title, tags, draft, createdAt, updatedAt, version };
}
