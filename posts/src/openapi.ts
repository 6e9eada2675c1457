import { id, NewPost, Post, PostChange, PostInList, PostToImport, PostWithHtml } from '@blog/contract';
import { openApi, pageQuery, type RouteTable } from '@blog/kit';
import { eventReceiverOperation } from '@blog/kit/state';
import { z } from 'zod';

/** What `GET /posts` takes. */
export const PostsQuery = pageQuery().extend({
  drafts: z.enum(['true', 'false'], 'must be true or false').default('false'),
});

/** The part of a path that names a post. */
export const PostParams = z.object({ id });

const etag = { ETag: 'The version, to be sent as If-Match with a change' };
const noSuchPost = { 404: 'There is no such post' };

const create = {
  summary: 'Writes a post: publishes it, or begins a draft',
  description: 'A draft needs the role author, and so does every post where only authors may publish.',
  body: NewPost,
  roles: ['author'],
  partlyOpen: true,
  idempotent: true,
  answers: { 201: { description: 'The post', body: Post, headers: { ...etag, Location: 'Its path' } } },
  problems: {
    404: 'The Idempotency-Key is of a post that was deleted since then',
    429: 'Too many came from this address; Retry-After says when to try again',
  },
} as const;

/** What an erasure has begun: `events` carry it to the others, for `GET /erasures` of the bus. */
const Erasing = z
  .object({ posts: z.array(z.object({ id: z.string() })), events: z.array(z.string()) })
  .meta({ id: 'Erasing' });

const routes: RouteTable = {
  '/posts': {
    get: {
      summary: 'The newest posts, oldest of them first; with drafts=true an author has the drafts instead',
      query: PostsQuery,
      roles: ['author'],
      partlyOpen: true,
      answers: {
        200: {
          description: 'The posts without their bodies, by their ids',
          body: z.record(z.string(), PostInList),
          headers: { Link: 'Where the older ones are: rel="next"' },
        },
      },
    },
    post: create,
  },
  '/posts/create': { post: create },
  '/posts/:id': {
    get: {
      summary: 'A post; a draft for authors only',
      params: PostParams,
      answers: { 200: { description: 'The post', body: PostWithHtml, headers: etag } },
      problems: noSuchPost,
    },
    put: {
      summary: 'Takes over a post from elsewhere, with its id and its times; again it changes nothing',
      params: PostParams,
      body: PostToImport,
      roles: ['author'],
      answers: {
        200: { description: 'The post, which was there already', body: Post, headers: etag },
        201: { description: 'The post', body: Post, headers: etag },
      },
      problems: {
        409: 'There is another post with this id, or there was one, or another was at one of its former paths',
      },
    },
    patch: {
      summary: 'Changes a post; draft=false publishes it',
      params: PostParams,
      body: PostChange,
      roles: ['author'],
      ifMatch: true,
      answers: { 200: { description: 'The post', body: Post, headers: etag } },
      problems: { ...noSuchPost, 409: 'A published post can not become a draft' },
    },
    delete: {
      summary: 'Deletes a post for good, and with it its comments',
      params: PostParams,
      roles: ['author'],
      ifMatch: true,
      answers: { 204: { description: 'It is gone' } },
      problems: noSuchPost,
    },
  },
  '/posts/:id/erasure': {
    post: {
      summary:
        'Erases a post and its comments for good: their texts leave every store, the log and its backups to come',
      description: 'Also one that was deleted before. Again it changes nothing.',
      params: PostParams,
      roles: ['author'],
      answers: { 202: { description: 'It is gone here, and will be everywhere', body: Erasing } },
      problems: { ...noSuchPost, 503: 'It is gone, but a backup reads the files that still hold it: ask again' },
    },
  },
  '/events': { post: eventReceiverOperation },
};

export const document = openApi({ title: 'posts', description: 'Owns the posts of the blog.', routes });
