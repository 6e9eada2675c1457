import type { Random } from '../../e2e/harness/random';

interface BlogEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  partitionkey: string;
  time: string;
  data: object;
}

const words =
  'event log order replay cursor outbox relay lane subscriber group ack batch retry dead letter version fact model query read write comment post verdict queue commit sync page stream reader'.split(
    ' ',
  );
const tags = Array.from({ length: 40 }, (_, index) => `topic ${index}`);
const start = Date.UTC(2026, 0, 1);

export const searches = words;

/** So many posts, each with so many approved comments, as the events that tell of them: in the order of time. */
export function* history(random: Random, posts: number, commentsEach: number): Generator<BlogEvent> {
  let count = 0;
  const sentence = (length: number): string => Array.from({ length }, () => random.pick(words)).join(' ');
  const event = (type: string, key: string, data: object): BlogEvent => {
    count += 1;
    const time = new Date(start + count * 1_000).toISOString();
    return { specversion: '1.0', id: `e${count}`, source: '/bench', type, partitionkey: key, time, data };
  };
  for (let p = 0; p < posts; p += 1) {
    const id = postId(p);
    const createdAt = new Date(start + count * 1_000).toISOString();
    const body = `## ${sentence(4)}\n\n${sentence(60)}, **${sentence(3)}** and \`${sentence(2)}\`.\n\n- ${sentence(8)}\n- ${sentence(8)}\n\n${sentence(60)}.`;
    const post = { id, title: sentence(6), body, tags: [random.pick(tags), random.pick(tags)], version: 1 };
    yield event('PostCreated', id, { ...post, createdAt, updatedAt: createdAt });
    for (let c = 0; c < commentsEach; c += 1) {
      const comment = {
        id: `${id}-c${c}`,
        postId: id,
        content: `${sentence(12)}.`,
        author: random.pick(words),
        createdAt,
      };
      yield event('CommentCreated', id, { ...comment, status: 'pending', version: 1 });
      yield event('CommentUpdated', id, { ...comment, status: 'approved', version: 2 });
    }
  }
}

export function postId(index: number): string {
  return `01980000-0000-7000-8000-${String(index).padStart(12, '0')}`;
}
