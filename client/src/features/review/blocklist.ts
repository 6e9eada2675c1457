import { request } from '../../studio/request';

export type BlockAction = 'reject' | 'hold';

/** Somebody whose comments are rejected or held, whatever they say. */
export interface Blocked {
  authorId?: string;
  addressHash?: string;
  action: BlockAction;
  by: string;
  at: string;
  /** The newest one of theirs that is known. */
  comment?: { author: string; content: string };
}

const api = '/api/moderation/blocklist';

export async function loadBlocklist(
  page: string | undefined,
): Promise<{ entries: Blocked[]; next: string | undefined }> {
  const { body, next } = await request<Blocked[]>(page ?? api);
  return { entries: body, next };
}

export async function block(authorId: string, action: BlockAction): Promise<void> {
  await request<unknown>(api, { method: 'PUT', json: { authorId, action } });
}

export async function lift({ authorId, addressHash }: Pick<Blocked, 'authorId' | 'addressHash'>): Promise<void> {
  const who: Record<string, string> = authorId === undefined ? { addressHash: addressHash ?? '' } : { authorId };
  await request<unknown>(`${api}?${new URLSearchParams(who)}`, { method: 'DELETE' });
}
