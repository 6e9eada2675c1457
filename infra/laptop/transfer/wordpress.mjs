import { uniquePaths } from './former-paths.mjs';
import { htmlOfWordPress } from './html/wordpress-html.mjs';
import { bounded, lineOfHtml, lostNotes, most, tagsOf } from './texts.mjs';
import { childOf, childrenOf, createPresence, faultAt, readXml, requiredText, textIn, textOf, timeOf } from './xml.mjs';

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
/** What a category's element says that it is; WXR 1.0 calls tags so, and writes each category twice, once without a domain. */
const domainsOfTags = new Set(['post_tag', 'category', 'tag', '']);

export const hiddenHere = 'Posts that not everybody could read are drafts here';

/** The first of these children that is a time. */
const firstTime = (element, ...names) =>
  names.map((name) => timeOf(textOf(element, name).trim())).find((time) => time !== undefined);

const isProtected = (item) => textOf(item, 'wp:post_password') !== '';
const isPublic = (item) => textOf(item, 'wp:status').trim() === 'publish' && !isProtected(item);

/** A line of text, which is HTML in WordPress: in CDATA as it is, else as the document's own escapes say. */
function lineOf(element) {
  const isCdata = element?.texts.some((text) => text.isCdata) ?? false;
  return isCdata ? lineOfHtml(textIn(element)) : textIn(element).replace(/\s+/g, ' ').trim();
}

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

const createdAtOf = (item) =>
  firstTime(item, 'wp:post_date_gmt', 'wp:post_date', 'wp:post_modified_gmt', 'wp:post_modified', 'pubDate');

/** Where the post was: its address's path. One that is told apart by its query only (`/?p=7`) has none. */
function formerPathsOf(item) {
  const address = textOf(item, 'link').trim();
  return address.includes('?') ? [] : uniquePaths([address]);
}

const withPaths = (item) => {
  const formerPaths = formerPathsOf(item);
  return formerPaths.length > 0 ? { formerPaths } : {};
};

function postOf(item) {
  const categories = childrenOf(item, 'category').filter(({ attributes }) =>
    domainsOfTags.has(attributes.domain ?? ''),
  );
  const { tags, changes: ofTags } = tagsOf(categories.map(lineOf).filter((tag) => tag !== 'Uncategorized'));
  const title = bounded(lineOf(childOf(item, 'title')) || 'Untitled', most.title, 'titles');
  const { markdown, lost } = htmlOfWordPress(textOf(item, 'content:encoded'));
  const updatedAt = firstTime(item, 'wp:post_modified_gmt');
  const hidden = kindHidden(item);
  return {
    id: `wp-${requiredText(item, 'wp:post_id')}`,
    title: title.text,
    source: `line ${item.line}`,
    createdAt: createdAtOf(item),
    draft: !isPublic(item),
    changes: [...(hidden ? [[hiddenHere, hidden]] : []), ...title.changes, ...ofTags, ...lostNotes(lost)],
    post: { body: markdown, tags, ...withPaths(item), ...(updatedAt === undefined ? {} : { updatedAt }) },
  };
}

/** A comment as the spool takes it; with a reason where it is left out whatever its post is. */
function commentOf(element) {
  const type = textOf(element, 'wp:comment_type').trim();
  const approved = requiredText(element, 'wp:comment_approved');
  const status = statuses.get(approved);
  const id = `wp-${requiredText(element, 'wp:comment_id')}`;
  const parent = textOf(element, 'wp:comment_parent').trim();
  const { markdown, lost } = htmlOfWordPress(textOf(element, 'wp:comment_content'), { isLimited: true });
  const content = bounded(markdown, most.comment, 'comments');
  const author = bounded(lineOf(childOf(element, 'wp:comment_author')), most.author, 'names');
  const reason =
    (!typesOfReaders.has(type) && type) ||
    (status === undefined && `with the status “${approved}”`) ||
    (content.text.trim() === '' && 'without a text') ||
    undefined;
  return {
    ...{ id, reason, source: `line ${element.line}` },
    changes: [...content.changes, ...author.changes, ...lostNotes(lost)],
    comment: {
      ...(parent === '' || parent === '0' ? {} : { parentId: `wp-${parent}` }),
      ...{ author: author.text, content: content.text, status },
      createdAt: firstTime(element, 'wp:comment_date_gmt', 'wp:comment_date'),
    },
  };
}

/** The handlers of items and their comments. The comments of an item come before its end: what it is isn't known then. */
function createHandlers(spool) {
  const [posts, comments] = [createPresence(ofEachPost), createPresence(ofEachComment)];
  let items = 0;
  let faultOfItem;
  const handlers = {
    'rss/channel/item/wp:comment'(element) {
      try {
        spool.addComment({ ...commentOf(element), thread: items });
        comments.see(element);
      } catch (error) {
        // Of what isn't taken over nothing has to be right.
        faultOfItem ??= error;
        spool.addComment({ thread: items, reason: 'broken' });
      }
    },
    'rss/channel/item'(item) {
      const thread = items;
      const kind = kindLeftOut(item);
      items += 1;
      if (kind !== undefined) {
        spool.addPost({ title: lineOf(childOf(item, 'title')), source: `line ${item.line}`, reason: kind });
        spool.settle(thread, { reason: `of what is no post here (${kind})`, override: true });
      } else {
        if (faultOfItem) throw faultOfItem;
        posts.see(item);
        const post = postOf(item);
        spool.addPost(post);
        spool.settle(thread, { postId: post.id });
        if (post.draft) spool.settle(thread, { reason: 'of a post that is not public' });
      }
      faultOfItem = undefined;
    },
  };
  const check = (isByWordPress) => {
    posts.check(isByWordPress);
    comments.check(isByWordPress);
  };
  return { handlers, check };
}

/**
 * Posts and comments of a WordPress export (WXR 1.0 to 1.2): its HTML becomes Markdown. Public is only what says itself that it was;
 * what has no date at all gets that of the export; where this has none either, `now`. Throws an Error that names the line, where
 * the file is cut or broken or says too little of something.
 */
export async function readWordPress(input, spool, { now }) {
  const { handlers, check } = createHandlers(spool);
  const rss = await readXml(input, handlers);
  const channel = childOf(rss, 'channel');
  if (rss.name !== 'rss' || channel === undefined) throw faultAt(rss, 'a WordPress export is <rss> with a <channel>');
  check(/wordpress\.(?:org|com)/i.test(textOf(channel, 'generator')));
  return { name: 'a WordPress export', defaultTime: firstTime(channel, 'pubDate') ?? now.toISOString() };
}
