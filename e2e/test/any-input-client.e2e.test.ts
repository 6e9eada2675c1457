/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { standsAnyInput, type TakenBy } from '../../common/kit/test/any-input';
import { authEnvironment } from '../harness/auth';
import { createComment, createPost, readView } from '../harness/blog';
import { read, send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

const system = useSystem({
  env: { COMMENTS_PER_MINUTE: '0', COMMENTS_PER_HOUR: '0', ...authEnvironment },
  envOf: { client: { EMBED_ORIGINS: 'http://shop.example' } },
});

const text = { type: 'string' };
const comment = ['content', 'author', 'parentId', 'key', 'intent', 'website'];
const change = ['intent', 'content', 'key'];
const page = ['reply', 'edit', 'delete', 'comments'];
const newComment = { properties: { content: text, author: text, parentId: text }, required: ['content'] };
const newPost = { properties: { title: text, body: text, tags: { type: 'array', items: text } }, required: ['title'] };

/** Pages, forms, what programs ask for, and what is passed on to the services. */
const routes: TakenBy[] = [
  { method: 'get', path: '/', query: ['q', 'tag', 'cursor'] },
  { method: 'post', path: '/posts', form: ['title', 'body', 'tags', 'key'] },
  { method: 'get', path: '/posts/:id', query: page },
  { method: 'get', path: '/posts/:id/:slug', query: page },
  { method: 'get', path: '/posts/:id/comments/:commentId' },
  { method: 'post', path: '/posts/:id/comments', form: comment },
  { method: 'post', path: '/posts/:id/comments/:commentId', form: change },
  { method: 'get', path: '/embed/:id', query: ['theme', ...page] },
  { method: 'post', path: '/embed/:id/comments', form: comment },
  { method: 'post', path: '/embed/:id/comments/:commentId', form: change },
  { method: 'get', path: '/write/:id' },
  { method: 'get', path: '/review', query: ['tab', 'q'] },
  { method: 'get', path: '/sign-in', query: ['back', 'code', 'name'] },
  { method: 'post', path: '/sign-in', form: ['name', 'password', 'code', 'back'] },
  { method: 'post', path: '/sign-out', form: [] },
  { method: 'post', path: '/theme', form: ['theme', 'back'] },
  { method: 'post', path: '/preview', body: { properties: { kind: { enum: ['comment', 'post'] }, markdown: text } } },
  { method: 'get', path: '/feed.atom', query: ['q', 'tag'] },
  { method: 'get', path: '/api/:service/:path', query: ['limit', 'cursor'] },
  { method: 'get', path: '/api/query/posts', query: ['q', 'tag', 'limit', 'cursor'] },
  { method: 'get', path: '/api/query/posts/:id', query: ['limit', 'cursor'] },
  { method: 'post', path: '/api/posts/posts', body: newPost },
  { method: 'post', path: '/api/comments/posts/:id/comments', body: newComment },
  { method: 'patch', path: '/api/comments/posts/:id/comments/:commentId', body: newComment },
  { method: 'delete', path: '/api/comments/posts/:id/comments/:commentId' },
  { method: 'post', path: '/api/moderation/verdicts', body: { properties: { commentId: text, verdict: text } } },
];

/** Their ids alone: what moderation decides on them meanwhile is no effect of a request. */
const commentIds = async (url: string) => (await read<{ id: string }[]>(url)).map(({ id }) => id);

let known: string[] = [];

describe('The client, with all services behind it', () => {
  beforeAll(async () => {
    const post = await createPost(system(), 'Text');
    const { id } = await createComment(system(), post.id, 'Nice');
    known = [post.id, id];
    await eventually('the post is read', async () => expect(await readView(system())).toHaveProperty(post.id));
  });

  standsAnyInput({
    routes,
    ids: () => [...known, 'posts', 'query'],
    runs: 60,
    serve: () => {
      const { client, posts, comments } = system().urls;
      const [post = ''] = known;
      const stored = async () =>
        JSON.stringify([await read(`${posts}/posts`), await commentIds(`${comments}/posts/${post}/comments`)]);
      return Promise.resolve({ url: client, headers: { Origin: client }, stored });
    },
  });

  it('and every process is still the one that was started', async () => {
    for (const url of Object.values(system().urls)) expect((await send(`${url}/healthz`)).status).toBe(200);
  });
});
