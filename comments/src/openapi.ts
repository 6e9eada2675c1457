import { CommentChange, CommentToImport, id, NewComment } from '@blog/contract';
import { openApi, pageQuery, type RouteTable } from '@blog/kit';
import { eventReceiverOperation, skippedOperation } from '@blog/kit/state';
import { z } from 'zod';
import { tokenHeader } from './author-token';
import { CommentView } from './views';

/** What `GET /posts/:id/comments` takes. */
export const CommentsQuery = pageQuery();

/** The part of a path that names a post. */
export const PostParams = z.object({ id });

/** The parts of a path that name a comment. */
export const CommentParams = z.object({ id, commentId: id });

/** The part of a path that names an author: the id of their first comment's browser, or the hash of their address. */
export const AuthorParams = z.object({ author: id });

/** What an erasure of a comment takes. */
export const ErasureQuery = z.object({
  of: z.enum(['comment', 'author'], 'must be comment or author').default('comment'),
  gone: z.enum(['true', 'false'], 'must be true or false').default('false'),
});

/** What an erasure has begun. */
export const Erasing = z
  .object({ comments: z.array(z.object({ id: z.string(), postId: z.string() })), events: z.array(z.string()) })
  .meta({ id: 'Erasing' });
export type Erasing = z.output<typeof Erasing>;

const erasing = {
  description:
    'They are gone here, and will be everywhere: `events` are those that carry it, for GET /erasures of the bus',
  body: Erasing,
};

const tokens = { [tokenHeader]: 'Of the comments that are one’s own, with commas between' };
const noSuchComment = { 404: 'The post has no such comment' };
const tooMany = { 429: 'Too many came from this address; Retry-After says when to try again' };
const notYours = {
  401: 'A bearer token was sent that does not count',
  403: 'It is somebody else’s, or 15 minutes have passed',
};
/** Only where the comments are in a database server. */
const away = { 503: 'The database is away. Nothing was stored, unless the answer says that it may be' };
const link = { Link: 'Where the older ones are: rel="next"' };
const one = { description: 'The comment, as the asker may see it', body: CommentView };

const routes: RouteTable = {
  '/posts/:id/comments': {
    get: {
      summary: 'The newest comments of a post, oldest of them first; of a post that is not known none',
      description: 'Text and author of a comment that is not approved are shown to its author and to moderators only.',
      params: PostParams,
      query: CommentsQuery,
      headers: tokens,
      answers: { 200: { description: 'The comments', body: z.array(CommentView), headers: link } },
      problems: away,
    },
    post: {
      summary: 'Writes a comment, which is pending at first',
      description: 'With the token of another comment, it is known to be of the same author.',
      params: PostParams,
      headers: tokens,
      body: NewComment,
      idempotent: true,
      answers: {
        201: {
          description: 'The newest comments of the post, the new one among them',
          body: z.array(CommentView),
          headers: { ...link, Location: 'The path of the new one', [tokenHeader]: 'Proves who wrote it' },
        },
      },
      problems: { 404: 'The post was deleted', ...tooMany, ...away },
    },
  },
  '/posts/:id/comments/:commentId': {
    get: {
      summary: 'A comment',
      params: CommentParams,
      headers: tokens,
      answers: { 200: one },
      problems: { ...noSuchComment, ...away },
    },
    put: {
      summary: 'Takes over a comment from elsewhere, with its id and its times; again it changes nothing',
      params: CommentParams,
      body: CommentToImport,
      roles: ['moderator'],
      answers: { 200: { ...one, description: 'The comment, which was there already' }, 201: one },
      problems: { 409: 'There is another comment with this id, or the post was deleted', ...away },
    },
    patch: {
      summary: 'Gives a comment another text: its author for 15 minutes, a moderator at any time. It is pending again',
      params: CommentParams,
      headers: tokens,
      body: CommentChange,
      answers: { 200: one },
      problems: { ...notYours, ...noSuchComment, ...tooMany, ...away },
    },
    delete: {
      summary: 'Deletes a comment: its author or a moderator. Replies to it stay',
      params: CommentParams,
      headers: tokens,
      answers: { 204: { description: 'It is gone' } },
      problems: { ...notYours, ...noSuchComment, ...away },
    },
  },
  '/posts/:id/comments/:commentId/erasure': {
    post: {
      summary:
        'Erases a comment for good: its text and its author’s name leave every store, the log and its backups to come',
      description:
        'With of=author, all comments of the same author. With gone=true also one that is not here, because it was deleted before.',
      params: CommentParams,
      query: ErasureQuery,
      roles: ['moderator'],
      answers: { 202: erasing },
      problems: { ...noSuchComment, ...away },
    },
  },
  '/authors/:author/erasure': {
    post: {
      summary: 'Erases all comments of an author for good, by the authorId or the addressHash that their events tell',
      params: AuthorParams,
      roles: ['moderator'],
      answers: { 202: erasing },
      problems: { 404: 'Nobody of this id or hash has a comment here', ...away },
    },
  },
  '/skipped': { get: skippedOperation },
  '/events': { post: { ...eventReceiverOperation, problems: { ...eventReceiverOperation.problems, ...away } } },
};

export const document = openApi({ title: 'comments', description: 'Owns the comments of the blog.', routes });
