import { InvalidInput, jsonBody, type Verifier } from '@blog/kit';
import type { RequestHandler } from 'express';
import { type Completion, readEvents } from '../envelope';
import type { EventLog } from '../log/event-log';

const largestRequest = 8 * 1024 * 1024;
const mediaTypes = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'];

/**
 * `POST /events`: stores one event or an array of them, all or none.
 * 200 `{"status":"OK","events":[{"id","sequence"}],"durable":"fsynced"}` after the fsync and before any delivery: a
 * publish never waits for a subscriber. An event that was stored before answers with its first sequence.
 * 400 bad JSON, 401 (where a secret is set) not signed, 413 too large, 415 another media type, 422 an event at fault, 503 no room.
 */
export function publishRoute({
  log,
  completion,
  verifier,
}: {
  log: EventLog;
  completion: Completion;
  verifier?: Verifier;
}): RequestHandler[] {
  return [
    ...jsonBody({
      limit: largestRequest,
      types: mediaTypes,
      checkBytes: verifier && ((req, bytes) => void verifier.verify(req.headers, bytes, completion.now())),
    }),
    async (req, res) => {
      const body: unknown = req.body;
      if (body === undefined) throw new InvalidInput([{ path: '', message: 'is required' }], 'A body is required.');
      const events = readEvents(body, completion);
      const appended = events.length > 0 ? await log.append(events) : [];
      res.json({ status: 'OK', events: appended, durable: 'fsynced' });
    },
  ];
}
