import { jsonBody } from '@blog/kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Replays, ReplayRequest } from '../delivery/replay';
import { groupIn } from './group-name';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const sequence = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const ReplayBody = z
  .strictObject({
    from: z
      .union([z.literal('beginning'), sequence, time], 'must be "beginning", a sequence or an ISO time')
      .optional(),
    key: z.string('must be a string').min(1, 'must not be empty').max(128, 'must be at most 128 characters').optional(),
  })
  .refine(({ from, key }) => from !== undefined || key !== undefined, {
    path: ['from'],
    message: 'is required: "beginning", a sequence or an ISO time (or a key)',
  })
  .transform(({ from = 'beginning', key }): ReplayRequest => ({ from, ...(key === undefined ? {} : { key }) }));

export const ReplayQuery = z.object({
  dryRun: z.enum(['', 'true', 'false', '1', '0'], 'must be true or false').default('false'),
});

/**
 * `POST /subscriptions/:group/replay` `{"from":"beginning"|sequence|ISO time}`, `{"key":"…"}` or both: events that the
 * group has had are delivered to it again, in order; other groups, and without its being named other keys, notice
 * nothing. 200 `{"group","from":sequence,"events":n,"dryRun":false}`; with `?dryRun` it only says so.
 * 400 where `from` lies after the group's cursor (a replay skips nothing), 404 unknown group.
 */
export function replayRoute({ replays }: { replays: Replays }): RequestHandler[] {
  return [
    ...jsonBody({ limit: 10_000 }),
    async (req, res) => {
      const group = groupIn(req.params);
      const asked = ReplayQuery.parse(req.query).dryRun;
      const dryRun = asked !== 'false' && asked !== '0';
      const request = ReplayBody.parse(req.body);
      const replay = dryRun ? await replays.preview(group, request) : await replays.replay(group, request);
      res.json({ group, ...(request.key === undefined ? {} : { key: request.key }), ...replay, dryRun });
    },
  ];
}
