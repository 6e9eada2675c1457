import TurndownService from 'turndown';
import { parseXml, textOf, timeOf } from './xml.mjs';

const statusOf = { 1: 'approved', 0: 'pending' };

function postOf(item, toMarkdown) {
  const categories = (item.category ?? []).filter((one) => ['post_tag', 'category'].includes(one['@domain'] ?? ''));
  const tags = [...new Set(categories.map(textOf).filter((tag) => tag !== '' && tag !== 'Uncategorized'))];
  const createdAt = timeOf(textOf(item['wp:post_date_gmt'])) ?? timeOf(textOf(item['wp:post_date']));
  return {
    id: `wp-${textOf(item['wp:post_id'])}`,
    title: textOf(item.title).trim().slice(0, 300) || 'Untitled',
    body: toMarkdown(textOf(item['content:encoded'])),
    tags: tags.map((tag) => tag.slice(0, 40)).slice(0, 10),
    draft: textOf(item['wp:status']) !== 'publish',
    createdAt: createdAt ?? new Date(0).toISOString(),
    ...(timeOf(textOf(item['wp:post_modified_gmt']))
      ? { updatedAt: timeOf(textOf(item['wp:post_modified_gmt'])) }
      : {}),
  };
}

function commentsOf(item, toMarkdown) {
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
        status: statusOf[textOf(comment['wp:comment_approved'])] ?? 'rejected',
        createdAt: timeOf(textOf(comment['wp:comment_date_gmt'])) ?? new Date(0).toISOString(),
      };
    })
    .filter(({ content }) => content.trim() !== '');
}

/** Posts and comments of a WordPress export (WXR): its HTML becomes Markdown. Pages and attachments are left out. */
export function readWordPress(text) {
  const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  const toMarkdown = (html) => turndown.turndown(html);
  const items = parseXml(text).rss?.channel?.item ?? [];
  const posts = items.filter(
    (item) => textOf(item['wp:post_type']) === 'post' && textOf(item['wp:status']) !== 'trash',
  );
  return {
    posts: posts.map((item) => postOf(item, toMarkdown)),
    comments: posts.flatMap((item) => commentsOf(item, toMarkdown)),
  };
}
