import { jsonBody } from '@blog/kit';
import type { RequestHandler } from 'express';
import type { Dispatcher } from '../delivery/dispatcher';
import { Subscription } from '../delivery/subscription';
import { groupIn } from './group-name';

const largestRequest = 200_000;
/**
 * Who gets events, and how far each one is.
 *   list            `GET /subscriptions`
 *   get             `GET /subscriptions/:group`
 *   put             `PUT /subscriptions/:group`: 201 for a new group; one that is there goes on from its cursor
 *   remove          `DELETE /subscriptions/:group`: its cursor and dead letters are forgotten
 *   pause, resume   `POST /subscriptions/:group/pause` and `/resume`: events wait in the log meanwhile
 */
export function subscriptionRoutes({ dispatcher }: { dispatcher: Dispatcher }): {
  list: RequestHandler;
  get: RequestHandler;
  put: RequestHandler[];
  remove: RequestHandler;
  pause: RequestHandler;
  resume: RequestHandler;
} {
  return {
    list: (_req, res) => void res.json(dispatcher.statuses()),
    get: (req, res) => void res.json(dispatcher.status(groupIn(req.params))),
    async pause(req, res) {
      const name = groupIn(req.params);
      await dispatcher.pause(name, 'paused by an operator');
      res.json(dispatcher.status(name));
    },
    async resume(req, res) {
      const name = groupIn(req.params);
      await dispatcher.resume(name);
      res.json(dispatcher.status(name));
    },
    put: [
      ...jsonBody({ limit: largestRequest }),
      async (req, res) => {
        const name = groupIn(req.params);
        const { isNew } = await dispatcher.put(name, Subscription.parse(req.body));
        res.status(isNew ? 201 : 200).json(dispatcher.status(name));
      },
    ],
    async remove(req, res) {
      await dispatcher.remove(groupIn(req.params));
      res.sendStatus(204);
    },
  };
}
