import { Forbidden } from '@blog/kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { Stream } from '../seen/stream';

export const FollowQuery = z.object({
  follow: z
    .string('must be given once')
    .min(1, 'must not be empty')
    .max(2_048, 'must be at most 2048 characters')
    .optional(),
});

/** A page of another site could not read the stream, but take the place of those who may. */
function isOtherSites(req: Request): boolean {
  const site = req.get('Sec-Fetch-Site');
  return req.get('Origin') !== undefined || (site !== undefined && site !== 'none' && site !== 'same-origin');
}

/**
 * `GET /stream`: server-sent events from now on, for as long as the reader stays.
 *   start    `{"since","upTo"}`: what is counted since when, and after which sequence
 *   counts   `{"at","upTo","published":[{"source","type","events"}],"delivered":[{"group","outcome","events"}]}`: totals since
 *            `since` of those edges that changed; at most ten times a second
 *   groups   `{"groups":[…]}`: how they are, once a second where it changed; see `GET /subscriptions`
 *   sample   `{"events":[…],"of":{"published","delivered","failed"}}`: some of what happened, failures first, at most 50 a second
 *   follow   (with `?follow=<correlationid>`) `{"events":[…],"missed"}`: everything that happened to that chain
 * A slow reader gets fewer messages: counts are totals, samples are left out, `missed` counts what was not kept of a chain.
 * 400 names `follow`; 403 to the pages of other sites; 503 where too many read already.
 */
export function streamRoute({ stream }: { stream: Stream }): RequestHandler {
  return (req, res) => {
    if (isOtherSites(req)) throw new Forbidden('Pages of other sites may not read this stream.');
    const { follow } = FollowQuery.parse(req.query);
    stream.open(res, follow === undefined ? {} : { follow });
  };
}
