import { withParagraphs } from './html/paragraphs.mjs';
import { markdownWriter } from './html/to-markdown.mjs';
import { bounded, lostNotes, most } from './texts.mjs';
import { settleThreads } from './threads.mjs';
import { childOf, createPresence, faultAt, readXml, requiredText, textOf, timeOf } from './xml.mjs';

const writeMarkdown = markdownWriter({ isLimited: true });

/** Messages are HTML; old ones have lines instead. */
const toMarkdown = (html) => writeMarkdown(html, /<(?:p|br)\b/i.test(html) ? {} : { withParagraphs });

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

/** An entry's own id. Files that other programs wrote have it in an element. */
function entryId(entry) {
  const id = idOf(entry) || textOf(entry, 'id').trim();
  if (id === '') throw faultAt(entry, '<post> has no dsq:id');
  return id;
}

function commentOf(entry) {
  const parent = idOf(childOf(entry, 'parent'));
  const { markdown, lost } = toMarkdown(textOf(entry, 'message'));
  const content = bounded(markdown, most.comment, 'comments');
  const author = bounded(textOf(childOf(entry, 'author'), 'name').replace(/\s+/g, ' ').trim(), most.author, 'names');
  return {
    id: `disqus-${entryId(entry)}`,
    thread: idOf(childOf(entry, 'thread')),
    source: `line ${entry.line}`,
    reason: kindHidden(entry) ?? (content.text.trim() === '' ? 'without a text' : undefined),
    changes: [...content.changes, ...author.changes, ...lostNotes(lost)],
    comment: {
      ...(parent === '' ? {} : { parentId: `disqus-${parent}` }),
      ...{ author: author.text, content: content.text, createdAt: timeOf(textOf(entry, 'createdAt').trim()) },
    },
  };
}

function threadOf(element) {
  const key = idOf(element);
  if (key === '') throw faultAt(element, '<thread> has no dsq:id');
  const hidden = kindHidden(element);
  return {
    key,
    ...(hidden === undefined ? {} : { reason: `of a thread: ${hidden}` }),
    ...{
      identifier: textOf(element, 'id').trim(),
      link: textOf(element, 'link').trim(),
      title: textOf(element, 'title'),
    },
    createdAt: timeOf(textOf(element, 'createdAt').trim()),
  };
}

/** Comments without a time have that of their thread. */
function fillTimes(spool, threads) {
  spool.commit();
  const fill = spool.db.prepare('UPDATE comments SET created_at = ? WHERE thread = ? AND created_at IS NULL');
  for (const { key, createdAt } of threads) if (createdAt !== undefined) fill.run(createdAt, key);
}

/**
 * Comments of a Disqus export, for posts that are here: those that everybody could see there. `problems` name the threads with such
 * comments that have no post here. Throws an Error that names the line, where the file is cut or broken or says too little of
 * something.
 */
export async function readDisqus(input, spool, { now, posts }) {
  const threads = [];
  const ofThreads = createPresence(flagNames);
  const ofEntries = createPresence(flagNames);
  const always = createPresence(['isDeleted', 'isSpam', 'message', 'thread']);
  const root = await readXml(input, {
    'disqus/thread'(element) {
      ofThreads.see(element);
      threads.push(threadOf(element));
    },
    'disqus/post'(element) {
      ofEntries.see(element);
      always.see(element);
      always.check(true);
      spool.addComment(commentOf(element));
    },
  });
  if (root.name !== 'disqus') throw faultAt(root, 'a Disqus export is <disqus>');
  ofThreads.check();
  ofEntries.check();
  fillTimes(spool, threads);
  const problems = settleThreads(spool, threads, await posts());
  spool.db
    .prepare(
      "UPDATE comments SET reason = 'of a thread that is not in the file', json = NULL WHERE post_id IS NULL AND reason IS NULL",
    )
    .run();
  return { name: 'a Disqus export', defaultTime: now.toISOString(), problems };
}
