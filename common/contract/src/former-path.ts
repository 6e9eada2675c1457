import { z } from 'zod';
import { requiredText } from './text';

/** The beginnings of the blog's own addresses: what they answer is no former post. */
const ownPlaces = new Set([
  ...['api', 'assets', 'embed', 'embed.js', 'write', 'review', 'preview', 'sign-in', 'sign-out', 'theme'],
  ...['feed.atom', 'feed.json', 'sitemap.xml', 'robots.txt', 'favicon.ico', 'favicon.svg', 'openapi.json', 'docs'],
  ...['healthz', 'readyz', 'metrics'],
]);

/** Paths that are written in different ways, and lead to the same: decoded, without a slash or `index.html` at their end. */
export function formerPathKey(path: string): string {
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // What can't be decoded is compared as it stands.
  }
  return decoded
    .normalize('NFC')
    .replace(/\/index\.html?$/i, '')
    .replace(/\/+$/, '');
}

const isPath = (text: string): boolean =>
  /^\/(?![/\\])[^\s\p{Cc}\\?#]*$/u.test(text) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(formerPathKey(text));
const isOwn = (text: string): boolean => {
  const [, place = '', next] = formerPathKey(text).split('/');
  // A post's address without an id is the front page's; with one it may be a post of elsewhere.
  return place === '' || ownPlaces.has(place.toLowerCase()) || (place === 'posts' && next === undefined);
};

/** Where a post was before: the path alone, as `/2016/05/hello/`. */
const formerPath = requiredText(500)
  .refine(isPath, 'must be a path, as /2016/05/hello/, without a host or a query')
  .refine((text) => !isPath(text) || !isOwn(text), 'must not be one of the blog’s own addresses');

/** All places where a post was before; requests for them are led to it. */
export const formerPaths = z.array(formerPath, 'must be a list of paths').max(20, 'must be at most 20 paths');
