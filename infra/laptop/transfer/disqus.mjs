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
  textOf,
  timeOf,
} from './xml.mjs';

const writeMarkdown = markdownWriter();

/** Messages are HTML; old ones have lines instead. */
const toMarkdown = (html) => writeMarkdown(/<(?:p|br)\b/i.test(html) ? html : withParagraphs(html));

const normal = (title) => title.normalize('NFKC').trim().toLowerCase();
/** The id by which the elements of the file name each other. */
const idOf = (element) => element?.attributes['dsq:id'] ?? '';

/** What hides a comment, or a thread with all its comments. Disqus went on to show those of a closed thread. */
const flags = [
  { name: 'isDeleted', hides: true, kind: 'deleted' },
  { name: 'isSpam', hides: true, kind: 'spam' },
  { name: 'isApproved', hides: false, kind: 'not approved' },
];
const flagNames = flags.map(({ name }) => name);

/** Whether a flag is set; undefined where its element is absent. Throws where it is neither true nor false. */
function flagOf(element, name) {
  if (childOf(element, name) === undefined) return undefined;
  const text = requiredText(element, name).toLowerCase();
  if (text !== 'true' && text !== 'false') throw faultAt(childOf(element, name), `<${name}> is neither true nor false`);
  return text === 'true';
}

const kindHidden = (element) => flags.find(({ name, hides }) => flagOf(element, name) === hides)?.kind;

/** Throws where an element is missing that says whether a comment is public, or where it belongs. */
function requireWhatHides(threads, entries) {
  const ofThreads = knownChildren(threads, flagNames);
  for (const thread of threads) requireChildren(thread, ofThreads);
  const ofEntries = [...knownChildren(entries, flagNames), 'isDeleted', 'isSpam', 'message', 'thread'];
  for (const entry of entries) requireChildren(entry, ofEntries);
  for (const thread of threads) if (idOf(thread) === '') throw faultAt(thread, '<thread> has no dsq:id');
}

/** An entry's own id. Files that other programs wrote have it in an element. */
function entryId(entry) {
  const id = idOf(entry) || textOf(entry, 'id').trim();
  if (id === '') throw faultAt(entry, '<post> has no dsq:id');
  return id;
}

function commentOf(entry, { post, thread, now }) {
  const parent = idOf(childOf(entry, 'parent'));
  return {
    id: `disqus-${entryId(entry)}`,
    postId: post?.id,
    ...(parent === '' ? {} : { parentId: `disqus-${parent}` }),
    author: textOf(childOf(entry, 'author'), 'name').slice(0, 80),
    content: toMarkdown(textOf(entry, 'message')).slice(0, 10_000),
    status: 'approved',
    createdAt: timeOf(textOf(entry, 'createdAt')) ?? timeOf(textOf(thread, 'createdAt')) ?? now.toISOString(),
  };
}

/** Finds the post of a thread: the one of whose id its address speaks, else the one with the same title. */
function postFinder(posts) {
  const byTitle = new Map(posts.map((post) => [normal(post.title), post]));
  return (thread) => {
    const parts = textOf(thread, 'link').split(/[/?#]/);
    return posts.find(({ id }) => parts.includes(id)) ?? byTitle.get(normal(textOf(thread, 'title')));
  };
}

/** Why a comment is left out, or undefined. That its thread has no post here is told by the thread's title. */
function reasonOf(entry, { thread, post, comment }) {
  const ofThread = thread && kindHidden(thread);
  if (thread === undefined) return 'of a thread that is not in the file';
  if (ofThread !== undefined) return `of a thread: ${ofThread}`;
  if (post?.draft === true) return 'of a draft here';
  return kindHidden(entry) ?? (comment.content.trim() === '' ? 'without a text' : undefined);
}

/**
 * Comments of a Disqus export, for posts that are here: those that everybody could see there. `unmatched` are the titles of
 * threads with such comments that have no post here, `notes` count what is left out. Throws an Error that names the line, where
 * the file is cut or broken or says too little of something.
 */
export function readDisqus(text, posts, { now }) {
  const root = parseXml(text);
  if (root.name !== 'disqus') throw faultAt(root, 'a Disqus export is <disqus>');
  const [threads, entries] = [childrenOf(root, 'thread'), childrenOf(root, 'post')];
  requireWhatHides(threads, entries);
  const threadOf = new Map(threads.map((thread) => [idOf(thread), thread]));
  const findPost = postFinder(posts);
  const postOf = new Map(threads.map((thread) => [thread, findPost(thread)]));
  const leftOut = createCounts();
  const unmatched = new Set();
  const comments = entries.flatMap((entry) => {
    const thread = threadOf.get(idOf(childOf(entry, 'thread')));
    const post = postOf.get(thread);
    const comment = commentOf(entry, { post, thread, now });
    const reason = reasonOf(entry, { thread, post, comment });
    if (reason !== undefined) leftOut.add(reason);
    else if (post === undefined) unmatched.add(thread);
    return reason === undefined && post !== undefined ? [comment] : [];
  });
  return {
    posts: [],
    comments,
    unmatched: threads.filter((thread) => unmatched.has(thread)).map((thread) => textOf(thread, 'title')),
    notes: leftOut.lines('Comments left out'),
  };
}
