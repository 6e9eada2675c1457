import { InvalidInput, jsonBody } from '@blog/kit';
import type { RequestHandler } from 'express';
import type { Dispatcher } from '../delivery/dispatcher';
import { Subscription } from '../delivery/subscription';

const largestRequest = 200_000;
const groupName = /^[A-Za-z0-9][\w.-]{0,63}$/;

function nameIn(params: Record<string, unknown>): string {
  const name = params['group'];
  if (typeof name === 'string' && groupName.test(name)) return name;
  const message = 'must be 1 to 64 letters, digits, dots, dashes or underscores';
  throw new InvalidInput([{ path: 'group', message }], 'The name of the group is not valid.');
}

/** `/subscriptions` and `/subscriptions/:group`: who gets events, and how far each one is. */
export function subscriptionRoutes({ dispatcher }: { dispatcher: Dispatcher }): {
  list: RequestHandler;
  get: RequestHandler;
  put: RequestHandler[];
  remove: RequestHandler;
} {
  return {
    list: (_req, res) => void res.json(dispatcher.statuses()),
    get: (req, res) => void res.json(dispatcher.status(nameIn(req.params))),
    put: [
      ...jsonBody({ limit: largestRequest }),
      async (req, res) => {
        const name = nameIn(req.params);
        const { isNew } = await dispatcher.put(name, Subscription.parse(req.body));
        res.status(isNew ? 201 : 200).json(dispatcher.status(name));
      },
    ],
    async remove(req, res) {
      await dispatcher.remove(nameIn(req.params));
      res.sendStatus(204);
    },
  };
}
