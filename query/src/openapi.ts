import { FullPost, id, PostWithComments } from '@blog/contract';
import { openApi, type RouteTable } from '@blog/kit';
import { eventReceiverOperation, skippedOperation } from '@blog/kit/state';
import { z } from 'zod';
import { Filter, MovedQuery, PageQuery, PostParams } from './http/post-routes';
import { positionHeader } from './http/prepared-listener';

export const changeNumber = z.coerce.number('must be a number').int('must be a whole number').nonnegative();

/** What `GET /stream` takes. */
export const StreamQuery = z.object({ post: id.optional(), after: changeNumber.optional() });

/** What a search found, with the words around it as HTML. */
const ListedPost = PostWithComments.extend({ excerptHtml: z.string().optional() }).meta({ id: 'ListedPost' });
const Tag = z.object({ tag: z.string(), count: z.int().positive() }).meta({ id: 'Tag' });

const JsonFeed = z.object({
  version: z.literal('https://jsonfeed.org/version/1.1'),
  title: z.string(),
  home_page_url: z.string(),
  feed_url: z.string(),
  items: z.array(
    z.object({
      ...{ id: z.string(), url: z.string(), title: z.string(), summary: z.string(), content_html: z.string() },
      ...{ date_published: z.iso.datetime(), date_modified: z.iso.datetime(), tags: z.array(z.string()) },
    }),
  ),
});

const etag = { ETag: 'The number of the latest change of what it is made of' };
const place = { [positionHeader]: 'From where on GET /stream?after= goes on with it' };
const link = { Link: 'Where the older ones are: rel="next"' };
const youHaveIt = { 304: { description: 'You have it already: If-None-Match holds its ETag' } };

const routes: RouteTable = {
  '/posts': {
    get: {
      summary: 'The newest posts, oldest of them first, each with its newest comments; of a search the best first',
      query: PageQuery.extend(Filter.shape),
      answers: {
        200: {
          description: 'The posts, by their ids',
          body: z.record(z.string(), ListedPost),
          headers: { ...etag, ...place, ...link, 'Total-Count': 'How many a filter lets through' },
        },
      },
    },
  },
  '/posts/:id': {
    get: {
      summary: 'A post with a page of its comments',
      ...{ params: PostParams, query: PageQuery },
      answers: { 200: { description: 'The post', body: FullPost, headers: { ...etag, ...place, ...link } } },
      problems: { 404: 'There is no such post' },
    },
  },
  '/tags': {
    get: {
      summary: 'The tags by how many posts have them, most first',
      query: PageQuery,
      answers: { 200: { description: 'The tags', body: z.array(Tag), headers: { ...etag, ...link } } },
    },
  },
  '/moved': {
    get: {
      summary: 'The post that was at a path before it came here',
      query: MovedQuery,
      answers: { 200: { description: 'The post', body: z.object({ id, title: z.string() }) } },
      problems: { 404: 'No post was there' },
    },
  },
  '/feed.atom': {
    get: {
      summary: 'The newest 50 posts as a feed (Atom, RFC 4287)',
      query: Filter,
      answers: { 200: { description: 'The feed', type: 'application/atom+xml', headers: etag }, ...youHaveIt },
    },
  },
  '/feed.json': {
    get: {
      summary: 'The newest 50 posts as a feed (JSON Feed 1.1)',
      query: Filter,
      answers: { 200: { description: 'The feed', type: 'application/feed+json', body: JsonFeed, headers: etag } },
    },
  },
  '/sitemap.xml': {
    get: {
      summary: 'The addresses of the newest 10,000 posts, for search engines',
      answers: { 200: { description: 'The sitemap', type: 'application/xml', headers: etag }, ...youHaveIt },
    },
  },
  '/stream': {
    get: {
      summary: 'What changes, as server-sent events: post, post-deleted, comment, comment-deleted, reset',
      description: 'It begins with what comes now, or after the change that `after` or Last-Event-ID names.',
      query: StreamQuery,
      headers: { 'Last-Event-ID': 'The last change that a reader had: what comes after it is sent' },
      answers: { 200: { description: 'The stream', type: 'text/event-stream' } },
      problems: {
        429: 'Too many readers at this address follow it; Retry-After says when to try again',
        503: 'Too many readers follow it; Retry-After says when to try again',
      },
    },
  },
  '/skipped': { get: skippedOperation },
  '/skipped/retry': {
    post: {
      summary: 'Tries the skipped events again, in the order of the log',
      answers: { 200: { description: 'They were tried', body: z.object({ left: z.int().nonnegative() }) } },
      problems: { 403: 'A page asks', 503: 'The bus, which has the events, is away' },
    },
  },
  '/events': {
    post: {
      ...eventReceiverOperation,
      problems: {
        ...eventReceiverOperation.problems,
        503: 'Nothing can be rendered or written now; nothing is applied',
      },
    },
  },
};

export const document = openApi({
  title: 'query',
  description: 'Owns the read model: posts with their comments, made of events alone.',
  routes,
});
