import type { Request, RequestHandler } from 'express';
import { atomOf } from '../feeds/atom';
import type { Feed } from '../feeds/feed';
import { jsonFeedOf } from '../feeds/json-feed';
import { sitemapOf } from '../feeds/sitemap';
import type { ReadModelStore } from '../store';
import { type Reading, reading } from './answer';
import { Filter } from './post-routes';
import type { PreparedAnswers } from './prepared-answers';

const postsInFeed = 50;
/** A sitemap may hold 50,000; so many are made and read in a moment. */
const postsInSitemap = 10_000;

export interface BlogAddress {
  /** Where readers reach the blog, without a slash at its end. */
  publicUrl: string;
  /** Its name. */
  name: string;
}

/** `GET /feed.atom?q=&tag=`, `GET /feed.json?q=&tag=` and `GET /sitemap.xml`. */
export function createFeedRoutes(store: ReadModelStore, answers: PreparedAnswers, { publicUrl, name }: BlogAddress) {
  function changed(): { change: number; changedAt: string } {
    const { number, at } = store.postsChanged();
    return { change: number, changedAt: at };
  }

  const feed = (contentType: string, write: (feed: Feed) => string): RequestHandler =>
    reading(answers, (req: Request): Reading => {
      const filter = Filter.parse(req.query);
      const { q, tag } = filter;
      const asked = new URLSearchParams({ ...(q === undefined ? {} : { q }), ...(tag === undefined ? {} : { tag }) });
      const path = req.path + (asked.size === 0 ? '' : `?${asked}`);
      return {
        ...changed(),
        contentType,
        // Of a search none is kept: there is no end of what may be searched for.
        ...(q === undefined ? { keep: { url: path, madeOf: 'posts' } } : {}),
        make: () => ({
          body: write({ publicUrl, title: name, path, q, tag, posts: store.newest(postsInFeed, filter) }),
        }),
      };
    });

  const sitemap: RequestHandler = reading(answers, () => ({
    ...changed(),
    contentType: 'application/xml; charset=utf-8',
    keep: { url: '/sitemap.xml', madeOf: 'posts' },
    make: () => ({ body: sitemapOf(publicUrl, store.addresses(postsInSitemap)) }),
  }));

  return {
    atom: feed('application/atom+xml; charset=utf-8', atomOf),
    json: feed('application/feed+json; charset=utf-8', jsonFeedOf),
    sitemap,
  };
}
