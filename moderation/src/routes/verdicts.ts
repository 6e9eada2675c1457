import { CommentStatus, id, text } from '@blog/contract';
import { linkNext, NotFound, pageQuery, problemOf } from '@blog/kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { decide, type Decider, type Decision, type Judged, undo, type Verdict, type Wish } from '../domain';
import type { ModerationTransaction } from '../moderation-transaction';
import { forModerators, nameOf, type RouteParts, type Routes } from './moderator';

/** Bytes: a full list of wishes with long reasons. */
const largestBody = 2 * 1024 * 1024;
const mostWishes = 200;

const wish = {
  commentId: id,
  /** The revision of the verdict that was seen; without it the wish overrules whatever is there. */
  revision: z.number('must be a number').int('must be a whole number').positive('must be positive').optional(),
};
const status = CommentStatus.or(z.never('must be approved, rejected or pending'));
const VerdictWish = z.object({ ...wish, verdict: status, reason: text(1_000).optional() }, 'must be an object');
const UndoWish = z.object(wish, 'must be an object');

function listOf<T extends z.ZodType>(one: T) {
  return z.array(one).min(1, 'must not be empty').max(mostWishes, `must be at most ${mostWishes}`);
}
const UndoIds = z.object({ commentIds: listOf(id) });

/** What `POST /verdicts` takes. */
export const VerdictWishes = z.union([VerdictWish, listOf(VerdictWish)]);
/** What `POST /verdicts/undo` takes. */
export const UndoWishes = z.union([UndoWish, listOf(UndoWish), UndoIds]);

/** One wish, or a list of them. */
type Parse<W> = (body: unknown) => W | W[];
const verdictWishes: Parse<z.output<typeof VerdictWish>> = (body) =>
  Array.isArray(body) ? listOf(VerdictWish).parse(body) : VerdictWish.parse(body);
const undoWishes: Parse<Wish> = (body) => {
  if (Array.isArray(body)) return listOf(UndoWish).parse(body);
  if (typeof body !== 'object' || body === null || !('commentIds' in body)) return UndoWish.parse(body);
  return UndoIds.parse(body).commentIds.map((commentId) => ({ commentId }));
};

/** What `GET /verdicts` takes. */
export const VerdictsQuery = pageQuery().extend({ commentId: id.optional(), by: text(200).optional() });

type Decide<W> = (judged: Judged, wish: W, decider: Decider) => Decision | undefined;

/**
 * `POST /verdicts`: `{commentId, verdict, reason?, revision?}` → 200 the verdict; 404; 409 saying who decided meanwhile.
 * With a list: 200 a list in its order, each the verdict or `{commentId, error}`; those that can be are applied.
 * `POST /verdicts/undo`: `{commentId, revision?}`, a list of them, or `{commentIds}` → as above.
 * `GET /verdicts?commentId=&by=`: 200 the audit log, the newest first, `Link: …; rel="next"`.
 */
export function createVerdictRoutes({ store, auth, now, onCommit }: RouteParts): Routes {
  /** Fulfils wishes one after the other in one transaction. One that can't be fulfilled is in no other's way. */
  async function fulfil<W extends Wish>(wishes: W[], by: string, decideOn: Decide<W>): Promise<Fulfilment[]> {
    const decider = { by, at: now().toISOString() };
    const done = await store.transaction(async (tx) => {
      const results: Fulfilment[] = [];
      for (const one of wishes) results.push(await fulfilOne(tx, one, (judged) => decideOn(judged, one, decider)));
      return results;
    });
    onCommit();
    return done;
  }

  const judging =
    <W extends Wish>(parse: Parse<W>, decideOn: Decide<W>): RequestHandler =>
    async (req, res) => {
      const wishes = parse(req.body);
      const by = await nameOf(auth, req);
      if (Array.isArray(wishes)) return void res.json((await fulfil(wishes, by, decideOn)).map(view));
      const [result] = await fulfil([wishes], by, decideOn);
      if (result && 'error' in result) throw result.error;
      res.json(result?.verdict);
    };

  const log: RequestHandler = async (req, res) => {
    const { cursor, ...query } = VerdictsQuery.parse(req.query);
    const { items, next } = await store.verdicts({ ...query, before: cursor });
    linkNext(req, res, next);
    res.json(items);
  };

  return {
    '/verdicts': {
      get: forModerators(auth, log),
      post: forModerators(auth, judging(verdictWishes, decide), { limit: largestBody }),
    },
    '/verdicts/undo': { post: forModerators(auth, judging(undoWishes, undo), { limit: largestBody }) },
  };
}

type Fulfilment = { commentId: string } & ({ verdict: Verdict } | { error: Error });

function view(result: Fulfilment) {
  return 'error' in result ? { commentId: result.commentId, error: problemOf(result.error) } : result.verdict;
}

async function fulfilOne(
  tx: ModerationTransaction,
  { commentId }: Wish,
  decideOn: (judged: Judged) => Decision | undefined,
): Promise<Fulfilment> {
  const { entry, verdicts } = await tx.find(commentId);
  const [last, ...earlier] = verdicts;
  if (!entry || !last || entry.status === 'deleted') {
    return { commentId, error: new NotFound('There is no such comment.') };
  }
  let decision: Decision | undefined;
  try {
    decision = decideOn({ entry, verdicts: [last, ...earlier] });
  } catch (error) {
    if (error instanceof Error && problemOf(error)) return { commentId, error };
    throw error;
  }
  if (decision) await tx.save(decision);
  return { commentId, verdict: decision?.verdict ?? last };
}
