import { postPath } from '@blog/contract/address';
import type { PostForFeed } from '../post-lists';

/** What a feed is made of, whatever its format. */
export interface Feed {
  /** The blog's base address, without a slash at its end. */
  publicUrl: string;
  /** The blog's name. */
  title: string;
  /** The feed's own path with its query. */
  path: string;
  /** Only posts with this tag are in it. */
  tag?: string | undefined;
  /** Only posts in which these words are found are in it. */
  q?: string | undefined;
  /** Newest first. */
  posts: PostForFeed[];
}

/** The name of a feed: the blog's, and of which posts it is. */
export function titleOf({ title, tag, q }: Feed): string {
  const which = [...(tag === undefined ? [] : [tag]), ...(q === undefined ? [] : [`“${q}”`])];
  return which.length === 0 ? title : `${title}: ${which.join(', ')}`;
}

/** What a post is called: a classic posts service takes empty titles. */
export function postTitleOf({ title }: { title: string }): string {
  return title.trim() === '' ? 'Untitled' : title;
}

/** Where a post is read. It ends with a slug made of the title, so it may change. */
export function urlOf(publicUrl: string, post: { id: string; title: string }): string {
  return publicUrl + postPath({ id: post.id, title: postTitleOf(post) });
}

/** What a post is known by for ever, so that no reader shows it twice: its address without the slug. */
export function permanentId(publicUrl: string, id: string): string {
  return `${publicUrl}/posts/${encodeURIComponent(id)}`;
}
