// What an erasure would take, as the log tells it: there the texts are also of what was deleted before.

/** A shorter text is found in many comments that have nothing to do with it. */
const shortestTold = 16;

const idOf = (data) => (typeof data?.id === 'number' ? String(data.id) : data?.id);
const isOfComment = ({ type }) => type.startsWith('Comment');
/** The same text can be written in several ways (é as one character, or as two): compared, it is in one. */
const inOneForm = (text) => text.normalize('NFC');
const textsOf = ({ data }) =>
  [data?.content, data?.author, data?.title, data?.body].filter((text) => typeof text === 'string').map(inOneForm);
const holds = (event, texts) => textsOf(event).some((text) => texts.some((wanted) => text.includes(inOneForm(wanted))));

/** Whether an event says something that an erasure would take. */
const hasText = ({ erased, erases }) => erased !== true && erases === undefined;

function noteOf(found, id, postId) {
  const known = found.get(id) ?? { id, postId, events: 0, erased: 0, texts: new Set() };
  found.set(id, known);
  return known;
}

function countIn(note, event) {
  if (event.erases !== undefined) return;
  if (!hasText(event)) note.erased += 1;
  else {
    note.events += 1;
    if (typeof event.data?.content === 'string') note.texts.add(event.data.content);
  }
}

/**
 * Looks through the log once. `wanted`: `comments`, `authors` and `posts` by their ids or hashes, and `containing`, texts whose
 * comments are wanted too. Gives the comments and posts that were found, with how many events have their texts and how
 * many are erased already.
 */
export async function findWanted(bus, wanted) {
  const [comments, posts, authorsFound] = [new Map(), new Map(), new Set()];
  for await (const event of bus.all('/events?after=0')) {
    const { data, partitionkey } = event;
    const id = idOf(data);
    if (id === undefined) continue;
    if (isOfComment(event)) {
      const authors = [data.authorId, data.addressHash].filter((one) => wanted.authors.includes(one));
      for (const one of authors) authorsFound.add(one);
      const isWanted = wanted.comments.includes(id) || authors.length > 0 || holds(event, wanted.containing);
      if (isWanted || comments.has(id)) countIn(noteOf(comments, id, idOf({ id: data.postId }) ?? partitionkey), event);
    }
    const postId = isOfComment(event) ? partitionkey : id;
    if (wanted.posts.includes(postId)) countIn(noteOf(posts, postId), event);
  }
  const unknown = [
    ...wanted.comments.filter((id) => !comments.has(id)).map((id) => `comment ${id}`),
    ...wanted.authors.filter((one) => !authorsFound.has(one)).map((one) => `author ${one}`),
  ];
  const unknownPosts = wanted.posts.filter((id) => !posts.has(id));
  return { comments: [...comments.values()], posts: [...posts.values()], unknown, unknownPosts };
}

/** Comments and posts of others that hold a text that is to be erased: somebody has quoted it. */
export async function findQuotes(bus, { comments, posts }) {
  const texts = comments.flatMap((comment) => [...comment.texts]).filter((text) => text.trim().length >= shortestTold);
  const taken = new Set([...comments, ...posts].map(({ id }) => id));
  const quotes = new Map();
  if (texts.length === 0) return [];
  for await (const event of bus.all('/events?after=0')) {
    const id = idOf(event.data);
    if (id === undefined || taken.has(id) || taken.has(event.partitionkey) || !hasText(event)) continue;
    if (holds(event, texts)) quotes.set(id, isOfComment(event) ? 'comment' : 'post');
  }
  return [...quotes].map(([id, kind]) => ({ id, kind }));
}
