import { type Answer, read, send } from './send';
import type { System } from './system';

export interface Comment {
  id: string;
  content: string;
  status: 'pending' | 'approved' | 'rejected';
}

export interface Post {
  id: string;
  title: string;
}

export type View = Record<string, Post & { comments: Comment[] }>;

/** All processes but the client: what most tests need. */
export const servers = ['event-bus', 'posts', 'comments', 'comments-2', 'comments-3', 'moderation', 'query'] as const;

/** Writes a post. Throws unless the answer is 201. */
export async function createPost({ urls }: Pick<System, 'urls'>, title: string): Promise<Post> {
  const answer = await send<Post>(`${urls.posts}/posts`, { json: { title } });
  if (answer.status !== 201) throw new Error(`POST /posts answered ${answer.status}: ${answer.text}`);
  const { id } = answer.json();
  return { id, title };
}

/** Writes a comment and gives it as the answer shows it. Throws unless the answer is 201. */
export async function createComment(
  { urls }: Pick<System, 'urls'>,
  postId: string,
  content: string,
  replica: 'comments' | 'comments-2' | 'comments-3' = 'comments',
): Promise<Comment> {
  const url = `${urls[replica]}/posts/${encodeURIComponent(postId)}/comments`;
  const answer = await send<Comment[]>(url, { json: { content } });
  if (answer.status !== 201) throw new Error(`POST ${url} answered ${answer.status}: ${answer.text}`);
  const comment = answer.json().find((item) => item.content === content);
  if (comment === undefined) throw new Error(`The answer lacks the new comment: ${answer.text}`);
  return comment;
}

/** The newest posts with their comments, by id. */
export function readView({ urls }: Pick<System, 'urls'>): Promise<View> {
  return read<View>(`${urls.query}/posts`);
}

/** The whole view, page by page: all posts, oldest first, each with its newest 100 comments. */
export async function readWholeView({ urls }: Pick<System, 'urls'>): Promise<View[string][]> {
  const pages: View[string][][] = [];
  for (let url: string | undefined = `${urls.query}/posts`; url !== undefined;) {
    const answer: Answer<View> = await send(url);
    if (answer.status !== 200) throw new Error(`GET ${url} answered ${answer.status}: ${answer.text}`);
    pages.unshift(Object.values(answer.json()));
    const next: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('Link') ?? '')?.[1];
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  return pages.flat();
}

/** The statuses of a post's comments in the view, by comment id; undefined until the post is there. */
export async function statusesInView(
  system: Pick<System, 'urls'>,
  postId: string,
): Promise<Record<string, string> | undefined> {
  const comments = (await readView(system))[postId]?.comments;
  return comments && Object.fromEntries(comments.map(({ id, status }) => [id, status]));
}
