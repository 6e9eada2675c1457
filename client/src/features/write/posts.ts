import { newKey } from '../../browser/new-key';
import { request } from '../../studio/request';

/** A post as its form holds it. */
export interface TypedPost {
  title: string;
  body: string;
  /** Separated by commas. */
  tags: string;
}

/** A post as the posts service has it. */
export interface StoredPost {
  id: string;
  title: string;
  body: string;
  tags: string[];
  draft: boolean;
  createdAt: string;
  updatedAt: string;
  version: number;
}

export type ListedDraft = Omit<StoredPost, 'body'>;

const api = '/api/posts/posts';
const pathOf = (id: string): string => `${api}/${encodeURIComponent(id)}`;

export const emptyPost: TypedPost = { title: '', body: '', tags: '' };

export function typedOf({ title, body, tags }: StoredPost): TypedPost {
  return { title, body, tags: tags.join(', ') };
}

export function isSameText(a: TypedPost, b: TypedPost): boolean {
  return a.title === b.title && a.body === b.body && a.tags === b.tags;
}

function sentOf({ title, body, tags }: TypedPost): { title: string; body: string; tags: string[] } {
  const listed = tags.split(',').map((tag) => tag.trim());
  return { title, body, tags: [...new Set(listed.filter((tag) => tag !== ''))] };
}

export async function loadPost(id: string): Promise<StoredPost> {
  return (await request<StoredPost>(pathOf(id))).body;
}

export async function loadDrafts(): Promise<ListedDraft[]> {
  const { body } = await request<Record<string, ListedDraft>>(`${api}?drafts=true`);
  return Object.values(body).reverse();
}

/** Names one attempt to make a post, so that repeating it after a lost answer makes no second one. */
export const newAttempt = newKey;

export async function createPost(typed: TypedPost, draft: boolean, attempt: string): Promise<StoredPost> {
  const json = { ...sentOf(typed), draft };
  return (await request<StoredPost>(api, { method: 'POST', json, headers: { 'Idempotency-Key': attempt } })).body;
}

/** Throws RequestFailed with status 412 where the post has another version by now. */
export async function changePost(
  { id, version }: Pick<StoredPost, 'id' | 'version'>,
  typed: TypedPost,
  { publish }: { publish: boolean },
): Promise<StoredPost> {
  const json = { ...sentOf(typed), ...(publish ? { draft: false } : {}) };
  return (await request<StoredPost>(pathOf(id), { method: 'PATCH', json, headers: { 'If-Match': `"${version}"` } }))
    .body;
}

export async function deletePost({ id, version }: Pick<StoredPost, 'id' | 'version'>): Promise<void> {
  await request<unknown>(pathOf(id), { method: 'DELETE', headers: { 'If-Match': `"${version}"` } });
}

/** A post as it will look; `note` says why it is shown as it was typed, if it is. */
export interface PreviewedPost {
  html: string;
  note?: string;
}

/** Markdown as it will look when it is published. */
export async function renderPreview(markdown: string): Promise<PreviewedPost> {
  return (await request<PreviewedPost>('/preview', { method: 'POST', json: { kind: 'post', markdown } })).body;
}
