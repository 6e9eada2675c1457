import type { BlogEvent, NewPost, Post, PostFact } from '@blog/contract';
import type { Fact } from '@blog/kit';

/** Publishes a post: the post, and the fact to tell the others. The key is the post's id. */
export function createPost(
  input: NewPost,
  { id, now }: { id: string; now: Date },
): { post: Post; fact: Fact<Extract<BlogEvent, { type: 'PostCreated' }>['type'], PostFact> } {
  const at = now.toISOString();
  const post: Post = { id, ...input, createdAt: at, updatedAt: at, version: 1 };
  return { post, fact: { type: 'PostCreated', key: id, subject: id, data: post } };
}
