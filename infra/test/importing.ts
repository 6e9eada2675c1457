import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../laptop/processes.cjs';

/** What an import takes over. */
export interface Read {
  posts: {
    id: string;
    title: string;
    body: string;
    tags: string[];
    draft: boolean;
    createdAt: string;
    updatedAt?: string;
    formerPaths?: string[];
  }[];
  comments: {
    id: string;
    postId: string;
    parentId?: string;
    author: string;
    content: string;
    status: string;
    createdAt: string;
    editedAt?: string;
  }[];
  /** What is left out or changed, as counts by kind. */
  notes: string[];
  plan: { groups: { what: string; kinds: { kind: string; count: number; examples: string[] }[] }[] };
  /** Sentences on threads whose post isn't found. */
  problems: string[];
}

/** The time of the file that is read, for what has none of its own. */
export const now = '2026-02-03T04:05:06.000Z';

/** The name of a reader in infra/laptop/transfer. */
export type Reader = 'wordpress' | 'disqus' | 'folder' | 'isso' | 'remark42';

/** A text, bytes, or for `folder` and `isso` a path. */
export type Input = string | { base64: string };

/** What was read, or the message of the error. */
export interface Result {
  read?: Read;
  error?: string;
}

/**
 * For a describe: a process that reads, as the readers are modules. `result` gives what a reader makes of an input, which
 * comes in pieces of so many characters; `read` rejects with the reader's error.
 */
export function useReaders() {
  let child: ChildProcess;
  beforeAll(() => {
    child = fork(join(root, 'infra', 'test', 'reading-process.mjs'), { execArgv: [] });
  });
  afterAll(() => child.kill());

  async function result(
    reader: Reader,
    input: Input,
    posts: object[] = [{ id: 'p1', title: 'Hello' }],
    pieces?: number,
  ) {
    child.send({ reader, input, posts, now, pieces });
    const [answer] = (await once(child, 'message')) as [Result];
    return answer;
  }
  async function read(reader: Reader, input: Input, posts?: object[], pieces?: number): Promise<Read> {
    const { read: found, error } = await result(reader, input, posts, pieces);
    if (!found) throw new Error(error);
    return found;
  }
  /** The Markdown of HTML, and what it can't keep. */
  async function markdownOf(html: string, options: { isLimited?: boolean } = {}) {
    child.send({ html, options });
    const [answer] = (await once(child, 'message')) as [{ markdown: string; lost: string[] }];
    return answer;
  }
  return { result, read, markdownOf };
}

const cdata = (text: string) => `<![CDATA[${text}]]>`;
/** An element; undefined leaves it out. */
const tag = (name: string, text: string | undefined) => (text === undefined ? '' : `<${name}>${cdata(text)}</${name}>`);
const tags = (fields: Record<string, string | undefined>) =>
  Object.entries(fields)
    .map(([name, text]) => tag(name, text))
    .join('\n');

type Fields = Record<string, string | undefined>;

/** An export as WordPress writes it. */
export const wordPressFile = (...items: string[]) => `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Old blog</title>
<generator>https://wordpress.org/?v=6.9</generator>
<wp:wxr_version>1.2</wp:wxr_version>
${items.join('\n')}
</channel>
</rss>`;

/** A post of it, public unless the fields say otherwise. */
export const wordPressItem = (fields: Fields, ...comments: string[]) =>
  `<item>\n${tags({
    title: 'Hello',
    'content:encoded': '<p>Text</p>',
    'wp:post_id': '7',
    'wp:post_date_gmt': '2020-05-01 10:00:00',
    'wp:status': 'publish',
    'wp:post_type': 'post',
    'wp:post_password': '',
    ...fields,
  })}\n${comments.join('\n')}\n</item>`;

/** A comment of it, public unless the fields say otherwise. */
export const wordPressComment = (fields: Fields) =>
  `<wp:comment>\n${tags({
    'wp:comment_id': '1',
    'wp:comment_author': 'Ana',
    'wp:comment_date_gmt': '2020-05-02 10:00:00',
    'wp:comment_content': 'Nice',
    'wp:comment_approved': '1',
    'wp:comment_type': 'comment',
    'wp:comment_parent': '0',
    ...fields,
  })}\n</wp:comment>`;

/** An export as Disqus writes it. */
export const disqusFile = (...elements: string[]) => `<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
${elements.join('\n')}
</disqus>`;

/** A thread of it with the title of the post that is here. */
export const disqusThread = (id: string, fields: Fields = {}) =>
  `<thread dsq:id="${id}">\n${tags({
    link: 'https://old.example/hello',
    title: 'Hello',
    createdAt: '2020-05-01T10:00:00Z',
    isClosed: 'false',
    isDeleted: 'false',
    ...fields,
  })}\n</thread>`;

/** A comment of it, public unless the fields say otherwise. */
export const disqusPost = (id: string, thread: string, fields: Fields = {}) =>
  `<post dsq:id="${id}">\n${tags({
    message: '<p>Nice</p>',
    createdAt: '2020-05-02T10:00:00Z',
    isDeleted: 'false',
    isSpam: 'false',
    ...fields,
  })}\n<author>${tag('name', 'Ben')}</author>\n<thread dsq:id="${thread}"/>\n</post>`;
