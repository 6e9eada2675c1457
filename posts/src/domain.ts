import type { NewPost, Post, PostChange, PostErasure, PostFact, PostGone, PostToImport } from '@blog/contract';
import { Conflict, type Fact } from '@blog/kit';

/** What the others are told. The key is the post's id. */
export type PostEvent =
  Fact<'PostCreated' | 'PostUpdated', PostFact> | Fact<'PostDeleted', PostGone> | Fact<'PostErased', PostErasure>;

/** A post's new state, and the fact that tells of it; a draft is nobody else's business. */
export interface Written {
  post: Post;
  fact?: PostEvent;
}

function factOf(type: 'PostCreated' | 'PostUpdated', { draft: _, ...data }: Post): PostEvent {
  return { type, key: data.id, subject: data.id, data };
}

/** A first version, told of where it is public. */
function begin(post: Post): Written {
  return post.draft ? { post } : { post, fact: factOf('PostCreated', post) };
}

/** Publishes a post, or begins a draft. */
export function createPost(input: NewPost, { id, now }: { id: string; now: Date }): Written {
  const at = now.toISOString();
  return begin({ id, ...input, createdAt: at, updatedAt: at, version: 1 });
}

/** Takes over a post from elsewhere with its id and its times. */
export function importPost(
  id: string,
  { createdAt, updatedAt = createdAt, formerPaths, ...input }: PostToImport,
): Written {
  const paths = formerPaths.length > 0 ? { formerPaths } : {};
  return begin({ id, ...input, createdAt, updatedAt, version: 1, ...paths });
}

/** Whether a post says the same as one from elsewhere: then there is nothing to take over. */
export function isSamePost(post: Post, { title, body, tags, draft, createdAt }: PostToImport): boolean {
  const isSameText = post.title === title && post.body === body && JSON.stringify(post.tags) === JSON.stringify(tags);
  return isSameText && post.draft === draft && post.createdAt === createdAt;
}

/** A post with the former paths of one from elsewhere besides its own; undefined where it has them all. */
export function addFormerPaths(post: Post, paths: readonly string[]): Written | undefined {
  const all = [...new Set([...(post.formerPaths ?? []), ...paths])];
  if (all.length === (post.formerPaths ?? []).length) return undefined;
  const next = { ...post, formerPaths: all, version: post.version + 1 };
  return next.draft ? { post: next } : { post: next, fact: factOf('PostUpdated', next) };
}

/**
 * Changes a post; undefined where the change says nothing new. A draft that is published counts as made now.
 * Throws Conflict where a published post should become a draft: those who have read it can't be asked to forget.
 */
export function changePost(post: Post, change: PostChange, now: Date): Written | undefined {
  const next: Post = {
    ...post,
    title: change.title ?? post.title,
    body: change.body ?? post.body,
    tags: change.tags ?? post.tags,
    draft: change.draft ?? post.draft,
  };
  if (JSON.stringify(next) === JSON.stringify(post)) return undefined;
  if (next.draft && !post.draft) throw new Conflict('A published post can not become a draft; delete it instead.');
  const at = now.toISOString();
  const isPublishedNow = post.draft && !next.draft;
  const changed: Post = {
    ...next,
    createdAt: isPublishedNow ? at : post.createdAt,
    updatedAt: at,
    version: post.version + 1,
  };
  if (changed.draft) return { post: changed };
  return { post: changed, fact: factOf(isPublishedNow ? 'PostCreated' : 'PostUpdated', changed) };
}

/** What is told of a post that is deleted. */
export function deletedFact({ id, draft, version }: Post): PostEvent | undefined {
  if (draft) return undefined;
  return { type: 'PostDeleted', key: id, subject: id, data: { id, version: version + 1 } };
}

/** The fact that no text of a post, nor of its comments, may be left anywhere. The bus takes them out of its log. */
export function erasureOf(id: string): PostEvent {
  return { type: 'PostErased', key: id, subject: id, erases: id, data: { id } };
}
