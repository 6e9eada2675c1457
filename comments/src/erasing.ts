import { type Auth, NotFound, type Routes } from '@blog/kit';
import type { z } from 'zod';
import { AuthorParams, CommentParams, type Erasing, ErasureQuery } from './openapi';
import type { CommentStore } from './store';

type Place = Erasing['comments'][number];

/**
 * The routes by which moderators erase comments for good. They answer 202 when the comments are gone here, and the event is
 * stored that takes them away everywhere else; again they change nothing.
 */
export function createErasingRoutes({
  store,
  auth,
  onCommit,
}: {
  store: CommentStore;
  auth: Auth;
  onCommit: () => void;
}): Routes {
  const moderatorsOnly = auth.requireRole('moderator');

  async function erase(comments: readonly Place[]): Promise<Erasing> {
    const events: string[] = [];
    // One transaction for each: an author's comments may be many, and are of many posts.
    for (const comment of comments) {
      events.push(...(await store.transaction([comment.postId], (tx) => tx.erase([comment], {}))));
    }
    onCommit();
    return { comments: [...comments], events };
  }

  /** The comment itself, or all that its author wrote. One that was deleted may still be in the log. */
  async function meantBy(place: Place, query: z.output<typeof ErasureQuery>): Promise<Place[]> {
    const stored = await store.find(place.id);
    const isHere = stored?.postId === place.postId;
    if (isHere && query.of === 'author') return store.ofAuthor(stored.authorId);
    const isKnown = isHere || query.gone === 'true' || (await store.transaction([], (tx) => tx.isErased(place.id)));
    if (!isKnown) throw new NotFound('The post has no such comment.');
    return [place];
  }

  return {
    '/posts/:id/comments/:commentId/erasure': {
      post: [
        moderatorsOnly,
        async (req, res) => {
          const { id: postId, commentId: id } = CommentParams.parse(req.params);
          const comments = await meantBy({ id, postId }, ErasureQuery.parse(req.query));
          res.status(202).json(await erase(comments));
        },
      ],
    },
    '/authors/:author/erasure': {
      post: [
        moderatorsOnly,
        async (req, res) => {
          const { author } = AuthorParams.parse(req.params);
          const comments = await store.ofAuthor(author);
          if (comments.length === 0) throw new NotFound('Nobody with this id or hash has a comment here.');
          res.status(202).json(await erase(comments));
        },
      ],
    },
  };
}
