import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { renderLimitedMarkdown } from '../../common/kit/src/markdown';
import { createFakeApps } from './fake-apps';
import { type FakeBlog, type FakeComment, type FakePost, forPublic } from './fake-state';

export type { FakeBlog };

let counter = 0;
const nextId = (prefix: string): string => `${prefix}-${String(++counter).padStart(6, '0')}`;
const past = (): string => new Date(1_700_000_000_000 + counter * 1000).toISOString();

/** Fake services: in memory, with the routes that the pages use. */
export function createFakeBlog(): FakeBlog {
  const state = {
    posts: new Map<string, FakePost>(),
    comments: [] as FakeComment[],
    seen: [],
    notInQuery: new Set<string>(),
    broken: new Map<string, number>(),
    written: new Map<string, string>(),
  };
  const blog: Omit<FakeBlog, 'apps' | 'emit'> = {
    ...state,
    addPost(post) {
      const id = post.id ?? nextId('post');
      const defaults = { body: '', html: '<p>text</p>', excerpt: 'text', tags: [], version: 1, createdAt: past() };
      const whole = { ...defaults, ...post, id };
      blog.posts.set(id, whole);
      return whole;
    },
    addComment(postId, comment) {
      const id = comment.id ?? nextId('comment');
      const html = renderLimitedMarkdown(comment.content);
      const defaults = { author: '', status: 'approved', version: 1, token: `token-${id}`, createdAt: past() } as const;
      const whole = { ...defaults, html, editableUntil: '2999-01-01T00:00:00.000Z', ...comment, id, postId };
      blog.comments.push(whole);
      return whole;
    },
    change(id, changes) {
      const index = blog.comments.findIndex((comment) => comment.id === id);
      const comment = blog.comments[index];
      if (!comment) throw new Error(`no comment ${id}`);
      const changed = { ...comment, ...changes, version: comment.version + 1 };
      blog.comments[index] = { ...changed, html: renderLimitedMarkdown(changed.content) };
      emit('comment', forPublic(blog.comments[index]));
      return blog.comments[index];
    },
    judge: (id, status, reason) => blog.change(id, { status, ...(reason ? { reason } : {}) }),
    remove(id) {
      const index = blog.comments.findIndex((comment) => comment.id === id);
      const [gone] = blog.comments.splice(index, 1);
      emit('comment-deleted', { id, postId: gone?.postId });
    },
  };
  const { apps, emit } = createFakeApps(blog);
  return { ...blog, apps, emit };
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
