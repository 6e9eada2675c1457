import { jsonBody } from '@blog/kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { idOf } from '../delivery/dead-letters';
import type { Dispatcher } from '../delivery/dispatcher';
import type { Skip } from '../delivery/skip';
import { groupIn } from './group-name';

export const SkipBody = z.strictObject({
  sequence: z
    .number('must be the sequence of an event')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(Number.MAX_SAFE_INTEGER, 'is too large'),
});

export const KeyBody = z.strictObject({
  key: z.string('must be a string').min(1, 'must not be empty').max(128, 'must be at most 128 characters'),
});

const limit = 10_000;

/**
 * What an operator may do to one event or one key of a group.
 *   skip      `POST /subscriptions/:group/skip` `{"sequence"}`: the event becomes a dead letter, and its key goes on.
 *             200 `{"group","sequence","deadLetter":id}`; 409 if it waits no more, or waits for another one of its key
 *   halt      `POST /subscriptions/:group/halt` `{"key"}`: nothing of the key is sent until it is released
 *   release   `POST /subscriptions/:group/release` `{"key"}`: it goes on, at once
 * Both give the group. All answer 404 for an unknown group.
 */
export function keyCommandRoutes({ dispatcher, skip }: { dispatcher: Dispatcher; skip: Skip }): {
  skip: RequestHandler[];
  halt: RequestHandler[];
  release: RequestHandler[];
} {
  const onKey = (command: 'halt' | 'release'): RequestHandler[] => [
    ...jsonBody({ limit }),
    async (req, res) => {
      const group = groupIn(req.params);
      const { key } = KeyBody.parse(req.body);
      await dispatcher.keyCommands(group)[command](key);
      res.json(dispatcher.status(group));
    },
  ];
  return {
    skip: [
      ...jsonBody({ limit }),
      async (req, res) => {
        const group = groupIn(req.params);
        const { sequence } = SkipBody.parse(req.body);
        await skip(group, sequence);
        res.json({ group, sequence, deadLetter: idOf({ group, sequence }) });
      },
    ],
    halt: onKey('halt'),
    release: onKey('release'),
  };
}
