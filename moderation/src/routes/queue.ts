import { linkNext, pageQuery } from '@blog/kit';
import { text } from '@blog/contract';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { QueueItem } from '../queue-reader';
import { forModerators, type RouteParts, type Routes } from './moderator';

export const QueueQuery = pageQuery().extend({
  status: z
    .enum(['pending', 'flagged', 'approved', 'rejected'], 'must be pending, flagged, approved or rejected')
    .default('pending'),
  q: text(100).default(''),
});

/**
 * `GET /queue?status=&q=&limit=&cursor=`: 200 `{counts, items}`, the newest first, `Link: …; rel="next"`.
 * `status` is `pending` unless it is said. `q` is any part of the text or of the author's name.
 */
export function createQueueRoutes({ store, auth }: RouteParts): Routes {
  const list: RequestHandler = async (req, res) => {
    const { status, q, limit, cursor } = QueueQuery.parse(req.query);
    const { items, next } = await store.queue({ status, q: q.trim(), limit, before: cursor });
    linkNext(req, res, next);
    res.json({ counts: await store.counts(), items: items.map(view) });
  };
  return { '/queue': { get: forModerators(auth, list) } };
}

function view({ entry, history, postTitle, parent, authorCounts }: QueueItem) {
  const { comment, status, revision, rule, spans } = entry;
  return { ...comment, postTitle, parent, status, revision, rule, spans, authorCounts, history };
}
