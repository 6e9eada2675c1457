import { Conflict, formatPath, Unauthorized } from '@blog/kit';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { type Completion, type Given, readEvents } from '../envelope';
import { type Appended, type EventLog, type NewEvent, ReusedId } from '../log/event-log';
import type { Waits } from '../delivery/waits';
import type { Permit, Publishers } from '../publishers';
import { isBinary, type Message, readMessage } from './content-modes';
import { groupName } from './group-name';

/** The largest body of a publish, bytes. */
export const largestRequest = 8 * 1024 * 1024;

/** The answer to a publish. */
export interface Published {
  status: 'OK';
  events: Appended[];
  durable: 'fsynced';
}

/** Stores what a message holds; see {@link publishRoute}. It knows nothing of who read the bytes. */
export type Publish = (message: Message) => Promise<{ answer: Published; events: readonly NewEvent[] }>;

/** Attributes of the events of a message, as their publisher knows them. */
function namesIn({ body, nameOf }: Given): (attribute: string) => (place: number) => string {
  return (attribute) => {
    const name = nameOf?.(attribute) ?? attribute;
    return (place) => formatPath(Array.isArray(body) ? [place, name] : [name]);
  };
}

function conflictOf({ places }: ReusedId, pathOf: (place: number) => string): Conflict {
  const faults = places.map((place) => ({
    path: pathOf(place),
    message: 'is, with its source, that of another event',
  }));
  return new Conflict('Nothing was stored: an id stands for one event, and an event never changes.', faults);
}

/** The permit of whoever signed a message. */
function permitOf(publishers: Publishers, { headers, body }: Message, now: Date): Permit {
  // The signature is one over the body alone: whoever holds the message could write other attributes around it.
  if (isBinary(headers)) {
    throw new Unauthorized('A signature covers no ce- headers: send the event as application/cloudevents+json.');
  }
  return publishers.verify(headers, body, now);
}

export function createPublish({
  log,
  completion,
  publishers,
}: {
  log: Pick<EventLog, 'append'>;
  completion: Completion;
  publishers: Publishers | undefined;
}): Publish {
  return async (message) => {
    const permit = publishers && permitOf(publishers, message, completion.now());
    const given = readMessage(message);
    const events = readEvents(given, completion);
    const pathsOf = namesIn(given);
    permit?.check(events, pathsOf);
    try {
      const appended = events.length > 0 ? await log.append(events) : [];
      return { answer: { status: 'OK', events: appended, durable: 'fsynced' }, events };
    } catch (error) {
      throw error instanceof ReusedId ? conflictOf(error, pathsOf('id')) : error;
    }
  };
}

export const PublishQuery = z.object({
  wait: z.string('must be given once').regex(groupName, 'is not a name of a group').optional(),
  timeout: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must not be negative')
    .max(60_000, 'must be at most 60000')
    .default(10_000),
});

/**
 * `POST /events`: stores one event or an array of them, all or none; CloudEvents in any content mode, or classic ones.
 * 200 `{"status":"OK","events":[{"id","sequence"}],"durable":"fsynced"}` after the fsync and before any delivery: a
 * publish never waits for a subscriber. An event that was stored before (as told by its source, id and content) answers
 * with its first sequence.
 * With `?wait=<group>` the same answer comes once that group is done with all of them (they are delivered, dead letters, or
 * not of its types), or as 202 after `&timeout=` (ms; 10,000, at most 60,000). A handler of that group must not wait so:
 * the group may be waiting for the handler.
 * 400 bad JSON, 401 (where a secret is set) not signed, 403 not a type of its signer, 404 no such group, 409 another event
 * has this id and source, 413 too large, 415 another media type, 422 an event at fault, 503 no room. In all of these nothing of the request is stored.
 */
export function publishRoute({ publish, waits }: { publish: Publish; waits: Waits }): RequestHandler[] {
  return [
    express.raw({ limit: largestRequest, type: () => true }),
    async (req, res) => {
      const { wait: group, timeout: ms } = PublishQuery.parse(req.query);
      if (group !== undefined) waits.check(group);
      const body: unknown = req.body;
      const { answer, events } = await publish({
        headers: req.headers,
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      });
      if (group === undefined) return void res.json(answer);
      const places = events.map(({ type, key }, index) => ({
        type,
        key,
        sequence: answer.events[index]?.sequence ?? 0,
      }));
      const isDone = await waits.until({ group, events: places, ms }, (gone) =>
        res.closed ? gone() : res.once('close', gone),
      );
      res.status(isDone ? 200 : 202).json(answer);
    },
  ];
}
