import { openApi, type Operation, type RouteTable } from '@blog/kit';
import { Preview, Wanted } from './preview';

const readModel = { 502: 'The read model answered with an error', 503: 'The read model is away' };

const feed = (summary: string, type: string): Operation => ({
  summary,
  description: 'Made by the read model (query), which takes the same parameters.',
  answers: { 200: { description: 'The feed', type }, 304: { description: 'You have it already' } },
  problems: { 400: 'The request is not valid', ...readModel },
});

const routes: RouteTable = {
  '/preview': {
    post: {
      summary: 'Renders Markdown as it will be shown once it is sent; nothing is kept',
      body: Wanted,
      answers: { 200: { description: 'Sanitised HTML', body: Preview } },
      problems: {
        401: 'A post, and nobody is signed in',
        403: 'A page of another site; or a post, and who is signed in is no author',
        429: 'Too many came from this address; Retry-After says when to try again',
      },
    },
  },
  '/feed.atom': { get: feed('The newest posts as a feed (Atom); ?q=, ?tag=', 'application/atom+xml') },
  '/feed.json': { get: feed('The newest posts as a feed (JSON Feed); ?q=, ?tag=', 'application/feed+json') },
  '/sitemap.xml': { get: feed('The addresses of the posts, for search engines', 'application/xml') },
};

/** What programs may ask this process for. Pages and their forms are for browsers. */
export const document = openApi({
  title: 'client',
  description: 'The web pages, and /api/<service>/…, which passes on to the services: see their own documents.',
  routes,
});
