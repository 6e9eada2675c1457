import { InvalidInput, NotFound } from '@blog/kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { EventLog, StoredEvent } from '../log/event-log';
import type { AttemptsKept } from '../seen/attempts';
import { type EventView, sourceOf, summaryOf } from '../seen/event-view';
import { jsonOf, JsonText, sendJson } from './json-answer';
import { linkNext } from './next-link';

export const EventQuery = z.object({ source: z.string('must be given once').min(1, 'must not be empty').optional() });

const wholeNumber = z.coerce.number('must be a number').int('must be a whole number');

export const PathQuery = EventQuery.extend({
  after: wholeNumber.min(0, 'must not be negative').max(Number.MAX_SAFE_INTEGER).default(0),
  limit: wholeNumber.min(1, 'must be at least 1').max(1_000, 'must be at most 1000').default(200),
});

/** An id alone may mean several events, each of another source: then the source has to be named. */
async function eventAsked(log: Pick<EventLog, 'find'>, req: Request): Promise<StoredEvent> {
  const { source } = EventQuery.parse(req.query);
  const id = String(req.params['id']);
  const found = await log.find(id);
  const fitting = source === undefined ? found : found.filter((event) => sourceOf(event) === source);
  const [event, another] = fitting;
  if (!event) throw new NotFound(source === undefined ? 'There is no event of this id.' : 'No such event.');
  if (!another) return event;
  const sources = fitting.slice(0, 20).map((one) => JSON.stringify(sourceOf(one)));
  throw new InvalidInput(
    [{ path: 'source', message: `must be one of ${sources.join(', ')}` }],
    'Several sources have an event of this id: say which in ?source=.',
  );
}

/**
 * One event and what came of it.
 *   get    `GET /events/:id`: 200 `{"event","storedAt","cause","effects":[…],"effectsComplete","groups":[…],"attemptsKept"}`. `event` is the
 *          whole envelope, as it is stored; `cause` (or null) and `effects` (the first 100) are summaries; of each group its state, what it
 *          waits for and until when, its dead letter, and the tries that are remembered (see `EventOfGroup`).
 *   path   `GET /events/:id/path`: 200 `{"events":[{…summary,"groups"}],"complete","attemptsKept"}`: the whole chain from
 *          its first cause on, oldest first, in pages of `?limit=` events (200; at most 1,000); `Link` leads to the next one
 *          (`?after=<sequence>`). `complete` is false if the chain goes on after these: on the last page only if it has
 *          more than 5,000 events, of which no more are looked for.
 * 404 where there is none. 400 names `source` where several sources have an event of this id and none is named.
 * A cause is named by its id alone: what refers to an id that sources share is shown with each of them.
 */
export function eventRoutes({
  log,
  view,
  attemptsKept,
}: {
  log: Pick<EventLog, 'find'>;
  view: EventView;
  attemptsKept: AttemptsKept;
}): { get: RequestHandler; path: RequestHandler } {
  return {
    async get(req, res) {
      const event = await eventAsked(log, req);
      const [cause, { effects, complete }, groups] = await Promise.all([
        view.causeOf(event),
        view.effectsOf(event),
        view.groupsOf([event]),
      ]);
      const answer = jsonOf({
        event: new JsonText(event.text),
        storedAt: new Date(event.storedAt).toISOString(),
        cause: cause ? summaryOf(cause) : null,
        effects,
        effectsComplete: complete,
        groups: groups.get(event.sequence) ?? [],
        attemptsKept,
      });
      sendJson(res, answer);
    },
    async path(req, res) {
      const { after, limit } = PathQuery.parse(req.query);
      const { events, complete, next } = await view.chainOf(await eventAsked(log, req), { after, limit });
      if (next !== undefined) linkNext(req, res, String(next));
      const groups = await view.groupsOf(events);
      const shown = events.map((event) => ({ ...event, groups: groups.get(event.sequence) ?? [] }));
      res.json({ events: shown, complete, attemptsKept });
    },
  };
}
