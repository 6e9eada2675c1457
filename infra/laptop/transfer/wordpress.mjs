import { markdownWriter, withParagraphs } from './markdown.mjs';
import { parseXml, textOf, timeOf } from './xml.mjs';

const writeMarkdown = markdownWriter();
const statusOf = { 1: 'approved', 0: 'pending' };

/** The first of these times that is one. */
const firstTime = (...times) => times.map((time) => timeOf(textOf(time))).find((time) => time !== undefined);

/** Posts of the block editor are whole HTML; in those of the classic editor, and in comments, lines make the paragraphs. */
function toMarkdown(html) {
  const visible = html.replace(/<!--.*?-->/gs, '');
  return writeMarkdown(/<!--\s*wp:/.test(html) ? visible : withParagraphs(visible));
}

const isProtected = (item) => textOf(item['wp:post_password']) !== '';
const isPublic = (item) => textOf(item['wp:status']) === 'publish' && !isProtected(item);
const titleOf = (item) => textOf(item.title).trim().slice(0, 300) || 'Untitled';

function createdAtOf(item, exportedAt) {
  const { 'wp:post_date_gmt': gmt, 'wp:post_date': local, 'wp:post_modified_gmt': changed } = item;
  return firstTime(gmt, local, changed, item['wp:post_modified'], item.pubDate) ?? exportedAt;
}

function postOf(item, exportedAt) {
  const categories = (item.category ?? []).filter((one) => ['post_tag', 'category'].includes(one['@domain'] ?? ''));
  const tags = [...new Set(categories.map(textOf).filter((tag) => tag !== '' && tag !== 'Uncategorized'))];
  const updatedAt = firstTime(item['wp:post_modified_gmt']);
  return {
    id: `wp-${textOf(item['wp:post_id'])}`,
    title: titleOf(item),
    body: toMarkdown(textOf(item['content:encoded'])),
    tags: tags.map((tag) => tag.slice(0, 40)).slice(0, 10),
    draft: !isPublic(item),
    createdAt: createdAtOf(item, exportedAt),
    ...(updatedAt === undefined ? {} : { updatedAt }),
  };
}

/** What was approved under a post that isn't public waits too: the text of an approved comment is public here. */
function commentStatusOf(comment, item) {
  const status = statusOf[textOf(comment['wp:comment_approved'])] ?? 'rejected';
  return status === 'approved' && !isPublic(item) ? 'pending' : status;
}

function commentsOf(item, exportedAt) {
  return (item['wp:comment'] ?? [])
    .filter((comment) => !['pingback', 'trackback'].includes(textOf(comment['wp:comment_type'])))
    .map((comment) => {
      const parent = textOf(comment['wp:comment_parent']);
      return {
        id: `wp-${textOf(comment['wp:comment_id'])}`,
        postId: `wp-${textOf(item['wp:post_id'])}`,
        ...(parent === '' || parent === '0' ? {} : { parentId: `wp-${parent}` }),
        author: textOf(comment['wp:comment_author']).slice(0, 80),
        content: toMarkdown(textOf(comment['wp:comment_content'])).slice(0, 10_000),
        status: commentStatusOf(comment, item),
        createdAt:
          firstTime(comment['wp:comment_date_gmt'], comment['wp:comment_date']) ?? createdAtOf(item, exportedAt),
      };
    })
    .filter(({ content }) => content.trim() !== '');
}

/** What is left out, by its kind, and what comes in otherwise than it was. */
function notesOn(items, posts) {
  const counts = new Map();
  for (const item of items) {
    if (posts.includes(item)) continue;
    const type = textOf(item['wp:post_type']) || 'item';
    const kind = type === 'post' ? 'post in the trash' : type;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const left = [...counts].map(([kind, count]) => `${kind}: ${count}`);
  const hidden = posts.filter((item) => textOf(item['wp:status']) === 'publish' && isProtected(item)).map(titleOf);
  return [
    ...(left.length > 0 ? [`Only posts are taken over. Left out: ${left.join(', ')}.`] : []),
    ...hidden.map((title) => `“${title}” had a password: it is a draft here, and its comments wait for a person.`),
  ];
}

/**
 * Posts and comments of a WordPress export (WXR): its HTML becomes Markdown. What has no date at all gets that of the
 * export; where this has none either, `now`.
 */
export function readWordPress(text, { now }) {
  const channel = parseXml(text).rss?.channel;
  const items = channel?.item ?? [];
  const exportedAt = firstTime(channel?.pubDate) ?? now.toISOString();
  const posts = items.filter(
    (item) => textOf(item['wp:post_type']) === 'post' && textOf(item['wp:status']) !== 'trash',
  );
  return {
    posts: posts.map((item) => postOf(item, exportedAt)),
    comments: posts.flatMap((item) => commentsOf(item, exportedAt)),
    notes: notesOn(items, posts),
  };
}
