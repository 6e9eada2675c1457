import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Eraser } from '../erasure/eraser';

const largestPage = 1_000;

export const ErasuresQuery = z.object({
  event: z.string('must be given once').min(1, 'must not be empty').optional(),
});

/**
 * `GET /erasures`: what was erased from the log, the newest first, at most 1,000; with `?event=` that which the event of this id asked for.
 * `{"event","sequence","key","erases","askedAt","events","damaged","doneAt"}`: `doneAt` is null until no byte is left.
 */
export function erasuresRoute({ erasures }: Pick<Eraser, 'erasures'>): RequestHandler {
  return (req, res) => {
    const { event: wanted } = ErasuresQuery.parse(req.query);
    const found = erasures().filter(({ eventId }) => wanted === undefined || eventId === wanted);
    res.json(
      found.slice(0, largestPage).map(({ eventId: event, askedAt, doneAt, ...rest }) => ({
        event,
        ...rest,
        askedAt: new Date(askedAt).toISOString(),
        doneAt: doneAt === null ? null : new Date(doneAt).toISOString(),
      })),
    );
  };
}
