import { createCounts } from './left-out.mjs';
import { markdownWriter, withParagraphs } from './markdown.mjs';
import {
  childOf,
  childrenOf,
  faultAt,
  knownChildren,
  parseXml,
  requireChildren,
  requiredText,
  textIn,
  textOf,
  timeOf,
} from './xml.mjs';

const writeMarkdown = markdownWriter();

/** The comments that readers wrote. Plugins and WordPress itself keep likes, notes, orders and much else as comments too. */
const typesOfReaders = new Set(['', 'comment']);
/** Of a comment, what `wp:comment_approved` says. What it says else is unknown, and left out. */
const statuses = new Map([
  ['1', 'approved'],
  ['0', 'pending'],
  ...['spam', 'trash', 'post-trashed'].map((status) => [status, 'rejected']),
]);
const statusesLeftOut = new Map([
  ['trash', 'post in the trash'],
  ['auto-draft', 'draft that nobody wrote'],
  ['inherit', 'version of a post'],
]);
/** WordPress always writes these. Programs that imitate its format may not know them: they have them nowhere, then. */
const ofEachPost = ['wp:post_password', 'content:encoded'];
const ofEachComment = ['wp:comment_type', 'wp:comment_content'];

/** The first of these children that is a time. */
const firstTime = (element, ...names) =>
  names.map((name) => timeOf(textOf(element, name))).find((time) => time !== undefined);

/** Posts of the block editor are whole HTML; in those of the classic editor, and in comments, lines make the paragraphs. */
function toMarkdown(html) {
  const visible = html.replace(/<!--.*?-->/gs, '');
  return writeMarkdown(/<!--\s*wp:/.test(html) ? visible : withParagraphs(visible));
}

const isProtected = (item) => textOf(item, 'wp:post_password') !== '';
const isPublic = (item) => textOf(item, 'wp:status').trim() === 'publish' && !isProtected(item);
const titleOf = (item) => textOf(item, 'title').trim().slice(0, 300) || 'Untitled';

/** Why an item isn't taken over: its kind. Undefined where it is. */
function kindLeftOut(item) {
  const type = requiredText(item, 'wp:post_type');
  return type === 'post' ? statusesLeftOut.get(requiredText(item, 'wp:status')) : type;
}

/** Why a post is a draft here, though it was none there: its kind. Undefined where it isn't. */
function kindHidden(item) {
  const status = textOf(item, 'wp:status').trim();
  if (isProtected(item)) return 'with a password';
  return status === 'publish' || status === 'draft' ? undefined : status;
}

const createdAtOf = (item, exportedAt) =>
  firstTime(item, 'wp:post_date_gmt', 'wp:post_date', 'wp:post_modified_gmt', 'wp:post_modified', 'pubDate') ??
  exportedAt;

function postOf(item, exportedAt) {
  const categories = childrenOf(item, 'category').filter(({ attributes }) =>
    ['post_tag', 'category'].includes(attributes.domain ?? ''),
  );
  const tags = [...new Set(categories.map(textIn).filter((tag) => tag !== '' && tag !== 'Uncategorized'))];
  const updatedAt = firstTime(item, 'wp:post_modified_gmt');
  return {
    id: `wp-${requiredText(item, 'wp:post_id')}`,
    title: titleOf(item),
    body: toMarkdown(textOf(item, 'content:encoded')),
    tags: tags.map((tag) => tag.slice(0, 40)).slice(0, 10),
    draft: !isPublic(item),
    createdAt: createdAtOf(item, exportedAt),
    ...(updatedAt === undefined ? {} : { updatedAt }),
  };
}

function commentOf(comment, { postId, status, postedAt }) {
  const parent = textOf(comment, 'wp:comment_parent').trim();
  return {
    id: `wp-${requiredText(comment, 'wp:comment_id')}`,
    postId,
    ...(parent === '' || parent === '0' ? {} : { parentId: `wp-${parent}` }),
    author: textOf(comment, 'wp:comment_author').slice(0, 80),
    content: toMarkdown(textOf(comment, 'wp:comment_content')).slice(0, 10_000),
    status,
    createdAt: firstTime(comment, 'wp:comment_date_gmt', 'wp:comment_date') ?? postedAt,
  };
}

/** The comments of a post that are taken over; `leftOut` counts the others. */
function commentsOf(item, exportedAt, leftOut) {
  return childrenOf(item, 'wp:comment').flatMap((element) => {
    const type = textOf(element, 'wp:comment_type').trim();
    const approved = requiredText(element, 'wp:comment_approved');
    const status = statuses.get(approved);
    const comment = commentOf(element, {
      postId: `wp-${requiredText(item, 'wp:post_id')}`,
      status,
      postedAt: createdAtOf(item, exportedAt),
    });
    const reason =
      (!typesOfReaders.has(type) && type) ||
      (!isPublic(item) && `of a post that is not public`) ||
      (status === undefined && `with the status “${approved}”`) ||
      (comment.content.trim() === '' && 'without a text');
    if (reason) leftOut.add(reason);
    return reason ? [] : [comment];
  });
}

/** Throws where an element is missing that says whether something is public. */
function requireWhatHides(channel, posts) {
  const byWordPress = /wordpress\.(?:org|com)/i.test(textOf(channel, 'generator'));
  const require = (elements, names) => {
    const needed = byWordPress ? names : knownChildren(elements, names);
    for (const element of elements) requireChildren(element, needed);
  };
  require(posts, ofEachPost);
  require(posts.flatMap((item) => childrenOf(item, 'wp:comment')), ofEachComment);
}

/**
 * Posts and comments of a WordPress export (WXR): its HTML becomes Markdown. Public is only what says itself that it was; what
 * has no date at all gets that of the export; where this has none either, `now`. `notes` count what is left out or hidden.
 * Throws an Error that names the line, where the file is cut or broken or says too little of something.
 */
export function readWordPress(text, { now }) {
  const rss = parseXml(text);
  const channel = childOf(rss, 'channel');
  if (rss.name !== 'rss' || channel === undefined) throw faultAt(rss, 'a WordPress export is <rss> with a <channel>');
  const items = childrenOf(channel, 'item');
  const exportedAt = firstTime(channel, 'pubDate') ?? now.toISOString();
  const [leftOut, hidden, commentsLeftOut] = [createCounts(), createCounts(), createCounts()];
  const posts = items.filter((item) => {
    const kind = kindLeftOut(item);
    if (kind === undefined) return true;
    leftOut.add(kind);
    commentsLeftOut.add(`of what is no post here (${kind})`, childrenOf(item, 'wp:comment').length);
    return false;
  });
  requireWhatHides(channel, posts);
  for (const kind of posts.map(kindHidden)) if (kind !== undefined) hidden.add(kind);
  return {
    posts: posts.map((item) => postOf(item, exportedAt)),
    comments: posts.flatMap((item) => commentsOf(item, exportedAt, commentsLeftOut)),
    notes: [
      ...leftOut.lines('Only posts are taken over. Left out'),
      ...hidden.lines('Posts that not everybody could read are drafts here'),
      ...posts.filter(isProtected).map((item) => `“${titleOf(item)}” had a password: it is a draft here.`),
      ...commentsLeftOut.lines('Comments left out'),
    ],
  };
}
