import { InvalidInput, jsonBody } from '@blog/kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { LetterFilter, LetterPlace, RedeliveryJob, StoredLetter } from '../delivery/dead-letter-state';
import { type DeadLetters, idOf } from '../delivery/dead-letters';
import { DamagedRecord, type EventLog, type StoredEvent } from '../log/event-log';
import { groupName } from './group-name';
import { linkNext } from './next-link';
import { jsonArray, jsonOf, JsonText, sendJson } from './json-answer';

const largestPage = 100;
const mostIds = 1_000;

const letterId = /^([A-Za-z0-9][\w.-]{0,63}):([1-9]\d{0,15})$/;
const notAnId = 'must be the id of a dead letter: <group>:<sequence>';

const Place = z.string(notAnId).transform((text, context): LetterPlace => {
  const [, group, sequence] = letterId.exec(text) ?? [];
  if (group !== undefined && sequence !== undefined) return { group, sequence: Number(sequence) };
  context.addIssue({ code: 'custom', message: notAnId });
  return z.NEVER;
});

const group = z.string('must be a string').regex(groupName, 'is not the name of a group');
const reason = z.string('must be a string').min(1, 'must not be empty').max(2_048);
const key = z.string('must be a string').min(1, 'must not be empty').max(128, 'must be at most 128 characters');

export const ListQuery = z.object({
  group: group.optional(),
  reason: reason.optional(),
  key: key.optional(),
  state: z
    .enum(['dead', 'queued', 'redelivered', 'damaged'], 'must be dead, queued, redelivered or damaged')
    .optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(largestPage, `must be at most ${largestPage}`)
    .default(largestPage),
  after: Place.optional(),
});

export const RedeliverBody = z
  .strictObject({
    ids: z.array(Place, 'must be a list of ids').min(1, 'must name one').max(mostIds).optional(),
    group: group.optional(),
    reason: reason.optional(),
    key: key.optional(),
    all: z.literal(true, 'must be true').optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'must say which: ids, group, reason, key, or {"all":true}',
  });

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** Leaves out what is undefined, which a filter must not hold. */
function filterOf(given: { [Name in keyof LetterFilter]?: LetterFilter[Name] | undefined }): LetterFilter {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function showJob({ createdAt, ...job }: RedeliveryJob): Record<string, unknown> {
  return { ...job, createdAt: timeOf(createdAt), state: job.waiting > 0 ? 'running' : 'done' };
}

/** The event of a letter; undefined if it is damaged, which keeps nobody from seeing the letter. */
async function eventOf({ sequence }: StoredLetter, log: EventLog): Promise<StoredEvent | undefined> {
  try {
    return (await log.read({ after: sequence - 1, upTo: sequence, limit: 1 })).events[0];
  } catch (error) {
    if (error instanceof DamagedRecord) return undefined;
    throw error;
  }
}

async function show(letter: StoredLetter, log: EventLog): Promise<JsonText> {
  const { phase, firstFailedAt, deadAt, redeliveredAt, remains, ...rest } = letter;
  const event = await eventOf(letter, log);
  return jsonOf({
    ...{ id: idOf(letter), ...rest, state: phase, firstFailedAt: timeOf(firstFailedAt), deadAt: timeOf(deadAt) },
    redeliveredAt: redeliveredAt === null ? null : timeOf(redeliveredAt),
    ...(phase === 'damaged' ? { remains } : {}),
    event: event ? new JsonText(event.text) : null,
  });
}

function placeIn(req: Request): LetterPlace {
  const place = Place.safeParse(req.params['id']);
  if (place.success) return place.data;
  throw new InvalidInput([{ path: 'id', message: notAnId }]);
}

/**
 * Events given up, with why and how often they were tried.
 *   list       `GET /dead-letters?group=&reason=&key=&state=`: a page by group and sequence, `Link` leads on
 *   get        `GET /dead-letters/:id`; one that is `damaged` in the log has `remains`, what is left of its text (base64)
 *   redeliver  `POST /dead-letters/redeliver` `{"ids":[…]}`, `{"group","reason","key"}` (any of them) or `{"all":true}`:
 *              202 with a job. A letter that is queued already stays with the job that it has: asking twice delivers once
 *   job        `GET /dead-letters/redeliveries/:job` `{"id","total","waiting","delivered","failed","forgotten","state"}`
 *   discard    `DELETE /dead-letters/:id`: 204; a key that it halted goes on
 */
export function deadLetterRoutes({ deadLetters, log }: { deadLetters: DeadLetters; log: EventLog }): {
  list: RequestHandler;
  get: RequestHandler;
  redeliver: RequestHandler[];
  job: RequestHandler;
  discard: RequestHandler;
} {
  return {
    async list(req, res) {
      const { limit, after, state: phase, ...filter } = ListQuery.parse(req.query);
      const found = await deadLetters.list(filterOf({ ...filter, phase }), {
        limit: limit + 1,
        ...(after ? { after } : {}),
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      if (last && found.length > limit) linkNext(req, res, idOf(last));
      sendJson(res, jsonArray(await Promise.all(page.map((letter) => show(letter, log)))));
    },
    get: async (req, res) => sendJson(res, await show(await deadLetters.get(placeIn(req)), log)),
    redeliver: [
      ...jsonBody({ limit: 200_000 }),
      async (req, res) => {
        const { ids, group, reason, key } = RedeliverBody.parse(req.body);
        const job = await deadLetters.redeliver(filterOf({ ids, group, reason, key }));
        res.status(202).location(`/dead-letters/redeliveries/${job.id}`).json(showJob(job));
      },
    ],
    job: async (req, res) => void res.json(showJob(await deadLetters.job(String(req.params['job'])))),
    async discard(req, res) {
      await deadLetters.discard(placeIn(req));
      res.sendStatus(204);
    },
  };
}
