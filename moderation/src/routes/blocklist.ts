import { id, text } from '@blog/contract';
import { InvalidInput, linkNext, NotFound, pageQuery } from '@blog/kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Blocked, Listed } from '../blocklist';
import { forModerators, nameOf, type RouteParts, type Routes } from './moderator';

const largestBody = 16 * 1024;
export const BlocklistQuery = pageQuery();
const who = { authorId: id.optional(), addressHash: id.optional() };
export const NewBlock = z.object(
  { ...who, action: z.enum(['reject', 'hold'], 'must be reject or hold'), reason: text(1_000).default('') },
  'must be a JSON object',
);
export const Who = z.object(who);

/** Throws InvalidInput unless it is the one or the other. */
function keyOf({ authorId, addressHash }: z.output<typeof Who>): Pick<Blocked, 'kind' | 'value'> {
  if (authorId !== undefined && addressHash === undefined) return { kind: 'author', value: authorId };
  if (addressHash !== undefined && authorId === undefined) return { kind: 'address', value: addressHash };
  throw new InvalidInput([{ path: 'authorId', message: 'is required, or addressHash, and not both' }]);
}

function view({ kind, value, ...told }: Listed) {
  return { ...(kind === 'author' ? { authorId: value } : { addressHash: value }), ...told };
}

/**
 * `GET /blocklist`: 200 `[{authorId | addressHash, action, reason, by, at, comment?}]`, the newest first, `Link: …;
 * rel="next"`; `comment` is the newest one of whom it blocks.
 * `PUT /blocklist`: `{authorId | addressHash, action, reason?}` → 200 the entry; one that is there is changed.
 * `DELETE /blocklist?authorId=` or `?addressHash=`: 204; 404 where it isn't listed.
 */
export function createBlocklistRoutes({ store, auth, now }: RouteParts): Routes {
  const list: RequestHandler = async (req, res) => {
    const { limit, cursor } = BlocklistQuery.parse(req.query);
    const { items, next } = await store.blocklist(limit, cursor);
    linkNext(req, res, next);
    res.json(items.map(view));
  };

  const put: RequestHandler = async (req, res) => {
    const { action, reason, ...of } = NewBlock.parse(req.body);
    const blocked: Blocked = { ...keyOf(of), action, reason, by: await nameOf(auth, req), at: now().toISOString() };
    await store.transaction((tx) => tx.block(blocked));
    res.json(view(blocked));
  };

  const remove: RequestHandler = async (req, res) => {
    const key = keyOf(Who.parse(req.query));
    if (!(await store.transaction((tx) => tx.unblock(key)))) throw new NotFound('It is not on the blocklist.');
    res.sendStatus(204);
  };

  return {
    '/blocklist': {
      get: forModerators(auth, list),
      put: forModerators(auth, put, { limit: largestBody }),
      delete: forModerators(auth, remove),
    },
  };
}
