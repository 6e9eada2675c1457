import type { IncomingHttpHeaders } from 'node:http';

const strong = (tag: string): string => tag.trim().replace(/^W\//, '');

/**
 * Whether a reader has the answer already (RFC 9110): `If-None-Match` names its ETag, or, where that isn't sent, nothing
 * was changed after `If-Modified-Since`.
 */
export function isNotModified(
  headers: IncomingHttpHeaders,
  { etag, lastModified }: { etag: string; lastModified?: string | undefined },
): boolean {
  const known = headers['if-none-match'];
  if (known !== undefined) return known === etag || known.split(',').some((tag) => ['*', etag].includes(strong(tag)));
  const since = headers['if-modified-since'];
  return since !== undefined && lastModified !== undefined && Date.parse(since) >= Date.parse(lastModified);
}
