import type { Request, Response } from 'express';
import { z } from 'zod';

/** A place in a list that is ordered by time and, within a moment, by id. */
export interface Place {
  createdAt: string;
  id: string;
}

/** A page of a list, and the place where the older part goes on (absent at the end). */
export interface Page<T> {
  items: T[];
  next?: Place;
}

const Place = z.tuple([z.string(), z.string()]);

export function encodeCursor({ createdAt, id }: Place): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

function decodeCursor(text: string): Place | undefined {
  try {
    const place = Place.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return place.success ? { createdAt: place.data[0], id: place.data[1] } : undefined;
  } catch {
    return undefined;
  }
}

/** The query parameters of a bounded list: `limit` (1 to `most`, which is also the default) and an opaque `cursor`. */
export function pageQuery(most = 100) {
  return z.object({
    limit: z.coerce
      .number('must be a number')
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(most, `must be at most ${most}`)
      .default(most),
    cursor: z
      .string()
      .transform((text, context) => {
        const place = decodeCursor(text);
        if (place) return place;
        context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
        return z.NEVER;
      })
      .optional(),
  });
}

/** Says where the older part of a list is: RFC 8288 `Link: <…>; rel="next"`, with the request's other parameters kept. */
export function linkNext(req: Request, res: Response, next: Place | undefined): void {
  if (!next) return;
  const url = new URL(req.originalUrl, 'http://relative');
  url.searchParams.set('cursor', encodeCursor(next));
  res.setHeader('Link', `<${url.pathname}${url.search}>; rel="next"`);
}

/** How large an item is, and how large the items of a page may be together; one is always there. */
export interface SizeLimit<T> {
  of: (item: T) => number;
  most: number;
}

/** How many items of the beginning of a list are within a limit: one at least, if there is one. */
export function countWithin<T>(items: readonly T[], { of, most }: SizeLimit<T>): number {
  let size = 0;
  const tooMuch = items.findIndex((item, index) => (size += of(item)) > most && index > 0);
  return tooMuch < 0 ? items.length : tooMuch;
}

/** Cuts a list that was read one longer than asked, newest first, into a page in the order of its making. */
export function pageOf<T>(
  newestFirst: T[],
  limit: number,
  placeOf: (item: T) => Place,
  size: SizeLimit<T> = { of: () => 0, most: 0 },
): Page<T> {
  const items = newestFirst.slice(0, Math.min(limit, countWithin(newestFirst, size))).reverse();
  const oldest = items[0];
  return newestFirst.length > items.length && oldest ? { items, next: placeOf(oldest) } : { items };
}
