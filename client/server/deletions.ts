import type { Logger } from '@blog/kit';
import type { Audit, Audited } from './accounts/audit';

/** What was deleted or erased, by its ids. */
export type Deletion = Pick<Audited, 'event' | 'post' | 'comment' | 'author'>;

/** Notes what a signed-in person has deleted. It is deleted by then, so a note that can't be written fails nothing. */
export type NoteDeletion = (by: string, deletion: Deletion) => Promise<void>;

export function createNoteDeletion({ audit, logger }: { audit: Audit; logger: Logger }): NoteDeletion {
  return async (by, { event, ...what }) => {
    await audit
      .add({ event, by, ...what })
      .catch((error: unknown) => logger.error({ err: error }, 'a deletion is not in the audit'));
  };
}

/** What a request to a service deletes or erases, by its path there. */
export function deletionIn(service: string, method: string, path: string): Deletion | undefined {
  const { pathname, searchParams } = new URL(path, 'http://service');
  const parts = pathname.split('/').filter(Boolean).map(decode);
  if (method === 'DELETE') return deleted(service, parts);
  if (method !== 'POST' || parts.at(-1) !== 'erasure') return undefined;
  return erased(service, parts.slice(0, -1), searchParams.get('of') === 'author');
}

function deleted(service: string, [root, post, comments, comment, ...rest]: string[]): Deletion | undefined {
  if (root !== 'posts' || post === undefined || rest.length > 0) return undefined;
  if (service === 'posts') return comments === undefined ? { event: 'post-deleted', post } : undefined;
  if (service !== 'comments' || comments !== 'comments' || comment === undefined) return undefined;
  return { event: 'comment-deleted', post, comment };
}

function erased(service: string, parts: string[], isOfAuthor: boolean): Deletion | undefined {
  const [root, author] = parts;
  if (service === 'comments' && root === 'authors' && parts.length === 2) return { event: 'author-erased', author };
  const what = deleted(service, parts);
  if (!what) return undefined;
  const { event, ...ids } = what;
  if (event === 'post-deleted') return { event: 'post-erased', ...ids };
  return { event: isOfAuthor ? 'author-erased' : 'comment-erased', ...ids };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
