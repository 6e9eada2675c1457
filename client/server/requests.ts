import type { Reader } from './blog';

export const commentsPath = (postId: string): string => `/posts/${encodeURIComponent(postId)}/comments`;

/** What a service is told of who asks. */
export function headersOf({ requestId, tokens, token, forwardedFor }: Reader): Record<string, string> {
  return {
    'X-Request-Id': requestId,
    ...(tokens.length > 0 ? { 'Comment-Token': tokens.join(', ') } : {}),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(forwardedFor ? { 'X-Forwarded-For': forwardedFor } : {}),
  };
}

/** The value of a header, the first if there are several. */
export function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The cursor in RFC 8288's `Link: <…?cursor=…>; rel="next"`. */
export function nextCursor(link: string | undefined): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, 'http://relative')) return undefined;
  return new URL(target, 'http://relative').searchParams.get('cursor') ?? undefined;
}
