import { markdownWriter, withParagraphs } from './markdown.mjs';
import { parseXml, textOf, timeOf } from './xml.mjs';

const writeMarkdown = markdownWriter();

/** Messages are HTML; old ones have lines instead. */
const toMarkdown = (html) => writeMarkdown(/<(?:p|br)\b/i.test(html) ? html : withParagraphs(html));

const idOf = (element) => element?.['@dsq:id'] ?? '';
const normal = (title) => title.normalize('NFKC').trim().toLowerCase();

function statusOf(post) {
  if (textOf(post.isSpam) === 'true') return 'rejected';
  return 'approved';
}

/**
 * Comments of a Disqus export, for posts that are here: a thread belongs to the post of the same title, or of whose id its
 * address speaks. `unmatched` are the titles of threads with comments that have none.
 */
export function readDisqus(text, posts, { now }) {
  const { thread: threads = [], post: entries = [] } = parseXml(text).disqus ?? {};
  const byTitle = new Map(posts.map(({ id, title }) => [normal(title), id]));
  const postOf = new Map(
    threads.map((thread) => {
      const link = textOf(thread.link);
      const byLink = posts.find(({ id }) => link.split(/[/?#]/).includes(id));
      return [idOf(thread), byLink?.id ?? byTitle.get(normal(textOf(thread.title)))];
    }),
  );
  const threadTimes = new Map(threads.map((thread) => [idOf(thread), timeOf(textOf(thread.createdAt))]));
  const alive = entries.filter((post) => textOf(post.isDeleted) !== 'true');
  const comments = alive.flatMap((post) => {
    const postId = postOf.get(idOf(post.thread));
    const content = toMarkdown(textOf(post.message)).slice(0, 10_000);
    if (postId === undefined || content.trim() === '') return [];
    const parent = idOf(post.parent);
    return [
      {
        id: `disqus-${idOf(post)}`,
        postId,
        ...(parent === '' ? {} : { parentId: `disqus-${parent}` }),
        author: textOf(post.author?.name).slice(0, 80),
        content,
        status: statusOf(post),
        createdAt: timeOf(textOf(post.createdAt)) ?? threadTimes.get(idOf(post.thread)) ?? now.toISOString(),
      },
    ];
  });
  const used = new Set(alive.map((post) => idOf(post.thread)));
  const unmatched = threads.filter((thread) => used.has(idOf(thread)) && postOf.get(idOf(thread)) === undefined);
  return { posts: [], comments, unmatched: unmatched.map((thread) => textOf(thread.title)) };
}
