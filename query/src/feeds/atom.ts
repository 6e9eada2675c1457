import type { PostForFeed } from '../post-lists';
import { withAbsoluteAddresses } from './absolute';
import { type Feed, permanentId, postTitleOf, titleOf, urlOf } from './feed';
import { xmlText } from './xml';

/** A feed must say when it was updated, also one that never was. */
const never = '1970-01-01T00:00:00.000Z';

/** The feed in Atom (RFC 4287), with the whole text of each post. */
export function atomOf(feed: Feed): string {
  const { publicUrl, path, posts } = feed;
  const updated = posts.reduce((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), never);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>${xmlText(titleOf(feed))}</title>
  <id>${xmlText(publicUrl + path)}</id>
  <link rel="self" type="application/atom+xml" href="${xmlText(publicUrl + path)}"/>
  <link rel="alternate" type="text/html" href="${xmlText(publicUrl)}/"/>
  <updated>${updated}</updated>
  <author><name>${xmlText(feed.title)}</name></author>
${posts.map((post) => entryOf(publicUrl, post)).join('')}</feed>
`;
}

function entryOf(publicUrl: string, post: PostForFeed): string {
  const tags = post.tags.map((tag) => `    <category term="${xmlText(tag)}"/>\n`).join('');
  return `  <entry>
    <title>${xmlText(postTitleOf(post))}</title>
    <id>${xmlText(permanentId(publicUrl, post.id))}</id>
    <link rel="alternate" type="text/html" href="${xmlText(urlOf(publicUrl, post))}"/>
    <published>${post.createdAt}</published>
    <updated>${post.updatedAt}</updated>
${tags}    <summary>${xmlText(post.excerpt)}</summary>
    <content type="html">${xmlText(withAbsoluteAddresses(post.html, urlOf(publicUrl, post)))}</content>
  </entry>
`;
}
