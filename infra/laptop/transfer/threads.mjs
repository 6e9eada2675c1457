/** Comments of other systems belong to threads, which name a page by its address, its title or an id of its own. */
import { decodeHTML } from 'entities';
import { keyOfPath } from './former-paths.mjs';

const normal = (title) => decodeHTML(title).normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();

/** The path of an address as it is compared: decoded, without a slash or `index.html` at its end. Undefined where there is none. */
export function pathOf(address) {
  if (!URL.canParse(address, 'http://any.example')) return undefined;
  const { pathname } = new URL(address, 'http://any.example');
  return keyOfPath(pathname) || undefined;
}

/** The number of a WordPress post that an identifier or an address names, as its plugins write it: `7 https://…/?p=7`. */
const wordPressId = (text) => /^(\d+) https?:\/\//.exec(text)?.[1] ?? /[?&](?:p|page_id)=(\d+)(?:&|$)/.exec(text)?.[1];

const groupBy = (items, keyOf) => {
  const groups = new Map();
  for (const item of items) {
    for (const key of [keyOf(item)].flat()) if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
};

const onlyOne = (posts = []) => {
  const unique = [...new Set(posts)];
  return unique.length === 1 ? { post: unique[0] } : unique.length > 1 ? { several: unique } : undefined;
};

/**
 * Finds the posts of threads: by an identifier, then by the address, then by the title if there is one post with it, and one page in
 * the file. Gives `post`, or `several` where more than one may be meant, or nothing. A thread has `identifier`, `link` and `title`.
 */
export function createPostFinder(posts, threads) {
  const byId = new Map(posts.map((post) => [post.id, post]));
  const byTitle = groupBy(posts, ({ title }) => normal(title));
  const byPath = groupBy(posts, ({ formerPaths = [] }) => formerPaths.map(pathOf));
  const pagesOfTitle = groupBy(threads, ({ title }) => normal(title));

  const byNumber = (text) => {
    const number = wordPressId(text);
    const post = number === undefined ? undefined : byId.get(`wp-${number}`);
    return post && { post };
  };
  function byAddress(address) {
    if (address === '') return undefined;
    const ofPath = onlyOne(byPath.get(pathOf(address)));
    if (ofPath) return ofPath;
    const parts = address.split(/[/?#&=]/);
    return onlyOne(parts.map((part) => byId.get(part)).filter(Boolean));
  }
  const isAddress = (text) => /^(?:https?:\/)?\//.test(text);
  function ofIdentifier(identifier) {
    if (identifier === '') return undefined;
    const post = byId.get(identifier) ?? byId.get(`wp-${identifier}`);
    if (post) return { post };
    return byNumber(identifier) ?? (isAddress(identifier) ? byAddress(identifier) : undefined);
  }
  function ofTitle(title) {
    const key = normal(title);
    if (key === '') return undefined;
    const found = onlyOne(byTitle.get(key));
    const pages = new Set(pagesOfTitle.get(key).map(({ link }) => pathOf(link) ?? ''));
    return found?.post && pages.size > 1 ? { several: [found.post] } : found;
  }
  return ({ identifier, link, title }) =>
    ofIdentifier(identifier) ?? byNumber(link) ?? byAddress(link) ?? ofTitle(title) ?? {};
}

/** How a thread is called where nobody found its post. */
const nameOf = ({ title, link, identifier }) =>
  [title.trim() === '' ? undefined : `“${title.trim()}”`, link || identifier].filter(Boolean).join(' ');

export const noPost = 'their post is not here';

/**
 * Says of the comments of all threads which post they belong to. A thread has `key`, and `reason` where its comments are left out
 * whatever they are. Gives sentences on the threads whose comments are left out because their post isn't found.
 */
export function settleThreads(spool, threads, posts) {
  const find = createPostFinder(posts, threads);
  const count = spool.db.prepare('SELECT count(*) FROM comments WHERE thread = ? AND reason IS NULL').pluck();
  const problems = [];
  for (const thread of threads) {
    if (thread.reason !== undefined) {
      spool.settle(thread.key, { reason: thread.reason, override: true });
      continue;
    }
    const { post, several } = find(thread);
    if (post?.draft) spool.settle(thread.key, { reason: 'of a draft here', override: true });
    else if (post) spool.settle(thread.key, { postId: post.id });
    else {
      const left = count.get(String(thread.key));
      spool.settle(thread.key, { reason: several ? 'several posts here may be theirs' : noPost });
      if (left > 0) problems.push(problemOf(thread, several, left));
    }
  }
  return problems;
}

function problemOf(thread, several, left) {
  const comments = left === 1 ? 'its comment is left out' : `its ${left} comments are left out`;
  if (several)
    return `Several posts or pages may be meant by ${nameOf(thread)} (${several.map(({ id }) => id).join(', ')}): ${comments}.`;
  return `No post here is called ${nameOf(thread) || 'nothing at all'}: ${comments}.`;
}
