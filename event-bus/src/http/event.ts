import { InvalidInput, NotFound } from '@blog/kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { type EventLog, mostFound, type StoredEvent } from '../log/event-log';
import type { AttemptsKept } from '../seen/attempts';
import { type EventView, sourceOf, summaryOf } from '../seen/event-view';
import { jsonOf, JsonText, sendJson } from './json-answer';

/** A chain is shown up to so many events. */
const longestPath = 200;

export const EventQuery = z.object({ source: z.string('must be given once').min(1, 'must not be empty').optional() });

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
 *   get    `GET /events/:id`: 200 `{"event","storedAt","cause","effects":[…],"groups":[…],"attemptsKept"}`. `event` is the
 *          whole envelope, as it is stored; `cause` (or null) and `effects` (the first 100) are summaries; of each group its state, what it
 *          waits for and until when, its dead letter, and the tries that are remembered (see `EventOfGroup`).
 *   path   `GET /events/:id/path`: 200 `{"events":[{…summary,"groups"}],"complete","attemptsKept"}`: the whole chain from
 *          its first cause on, oldest first, at most 200 events.
 * 404 where there is none. 400 names `source` where several sources have an event of this id and none is named.
 * A cause is named by its id alone: what refers to an id that sources share is shown with each of them.
 */
export function eventRoutes({
  log,
  view,
  attemptsKept,
}: {
  log: Pick<EventLog, 'find' | 'effectsOf'>;
  view: EventView;
  attemptsKept: AttemptsKept;
}): { get: RequestHandler; path: RequestHandler } {
  return {
    async get(req, res) {
      const event = await eventAsked(log, req);
      const [cause, effects, groups] = await Promise.all([
        view.causeOf(event),
        log.effectsOf(event.id, mostFound),
        view.groupsOf([event]),
      ]);
      const answer = jsonOf({
        event: new JsonText(event.text),
        storedAt: new Date(event.storedAt).toISOString(),
        cause: cause ? summaryOf(cause) : null,
        effects: effects.map(summaryOf),
        groups: groups.get(event.sequence) ?? [],
        attemptsKept,
      });
      sendJson(res, answer);
    },
    async path(req, res) {
      const { events, complete } = await view.chainOf(await eventAsked(log, req), longestPath);
      const groups = await view.groupsOf(events);
      const shown = events.map((event) => ({ ...event, groups: groups.get(event.sequence) ?? [] }));
      res.json({ events: shown, complete, attemptsKept });
    },
  };
}
