import type { Logger } from '@blog/kit';
import type { Audit, Audited } from './accounts/audit';

export interface Deletion {
  post: string;
  comment?: string | undefined;
}

/** Notes what a signed-in person has deleted. It is deleted by then, so a note that can't be written fails nothing. */
export type NoteDeletion = (by: string, deletion: Deletion) => Promise<void>;

export function createNoteDeletion({ audit, logger }: { audit: Audit; logger: Logger }): NoteDeletion {
  return async (by, { post, comment }) => {
    const entry: Audited =
      comment === undefined ? { event: 'post-deleted', by, post } : { event: 'comment-deleted', by, post, comment };
    await audit.add(entry).catch((error: unknown) => logger.error({ err: error }, 'a deletion is not in the audit'));
  };
}

/** What a request to a service deletes, by its path there. */
export function deletionIn(service: string, method: string, path: string): Deletion | undefined {
  if (method !== 'DELETE') return undefined;
  const { pathname } = new URL(path, 'http://service');
  const [root, post, comments, comment, ...rest] = pathname.split('/').filter(Boolean).map(decode);
  if (root !== 'posts' || post === undefined || rest.length > 0) return undefined;
  if (service === 'posts') return comments === undefined ? { post } : undefined;
  return service === 'comments' && comments === 'comments' && comment !== undefined ? { post, comment } : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
