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
export function readWholeView({ urls }: { urls: { query: string } }): Promise<View[string][]> {
  return readPages<View[string]>(`${urls.query}/posts`);
}

/** All posts that the posts service has, oldest first. */
export function readAllPosts({ urls }: Pick<System, 'urls'>): Promise<Post[]> {
  return readPages<Post>(`${urls.posts}/posts`);
}

/** The values of all pages of a map, by their `Link: <…>; rel="next"`, which leads to older ones. */
async function readPages<T>(start: string): Promise<T[]> {
  const pages: T[][] = [];
  for (let url: string | undefined = start; url !== undefined;) {
    const answer: Answer<Record<string, T>> = await send(url);
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
