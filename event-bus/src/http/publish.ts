import { Conflict, formatPath, Unauthorized, type Verifier } from '@blog/kit';
import express, { type RequestHandler } from 'express';
import { type Completion, type Given, readEvents } from '../envelope';
import { type Appended, type EventLog, ReusedId } from '../log/event-log';
import { isBinary, type Message, readMessage } from './content-modes';

/** The largest body of a publish, bytes. */
export const largestRequest = 8 * 1024 * 1024;

/** The answer to a publish. */
export interface Published {
  status: 'OK';
  events: Appended[];
  durable: 'fsynced';
}

/** Stores what a message holds; see {@link publishRoute}. It knows nothing of who read the bytes. */
export type Publish = (message: Message) => Promise<Published>;

/** The error that names the events whose ids are taken, as their publisher knows them. */
function conflictOf({ places }: ReusedId, { body, nameOf }: Given): Conflict {
  const name = nameOf?.('id') ?? 'id';
  const faults = places.map((place) => ({
    path: formatPath(Array.isArray(body) ? [place, name] : [name]),
    message: 'is, with its source, that of another event',
  }));
  return new Conflict('Nothing was stored: an id stands for one event, and an event never changes.', faults);
}

export function createPublish({
  log,
  completion,
  verifier,
}: {
  log: EventLog;
  completion: Completion;
  verifier?: Verifier;
}): Publish {
  return async (message) => {
    if (verifier) {
      // The signature is one over the body alone: whoever holds the message could write other attributes around it.
      if (isBinary(message.headers)) {
        throw new Unauthorized('A signature covers no ce- headers: send the event as application/cloudevents+json.');
      }
      verifier.verify(message.headers, message.body, completion.now());
    }
    const given = readMessage(message);
    const events = readEvents(given, completion);
    if (events.length === 0) return { status: 'OK', events: [], durable: 'fsynced' };
    try {
      return { status: 'OK', events: await log.append(events), durable: 'fsynced' };
    } catch (error) {
      throw error instanceof ReusedId ? conflictOf(error, given) : error;
    }
  };
}

/**
 * `POST /events`: stores one event or an array of them, all or none; CloudEvents in any content mode, or classic ones.
 * 200 `{"status":"OK","events":[{"id","sequence"}],"durable":"fsynced"}` after the fsync and before any delivery: a
 * publish never waits for a subscriber. An event that was stored before (as told by its source, id
 * and content) answers with its first sequence.
 * 400 bad JSON, 401 (where a secret is set) not signed, 413 too large, 409 another event has this id and
 * source, 415 another media type, 422 an event at fault, 503 no room.
 */
export function publishRoute({ publish }: { publish: Publish }): RequestHandler[] {
  return [
    express.raw({ limit: largestRequest, type: () => true }),
    async (req, res) => {
      const body: unknown = req.body;
      res.json(await publish({ headers: req.headers, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) }));
    },
  ];
}
