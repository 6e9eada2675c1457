/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Comment, createComment, createPost, readView, servers, statusesInView } from '../harness/blog';
import { read, send } from '../harness/send';
import type { System } from '../harness/system';
import { useFreshSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(120_000);

interface Event {
  id: string;
  type: string;
  partitionkey: string;
  data: Record<string, unknown>;
}

const readLog = ({ urls }: System): Promise<Event[]> => read<Event[]>(`${urls['event-bus']}/events`);

/** Two posts, with three and one comments, all judged. */
async function writeSomething(system: System): Promise<{ postIds: string[] }> {
  const first = await createPost(system, 'First');
  const second = await createPost(system, 'Second');
  const comments = [
    await createComment(system, first.id, 'an apple'),
    await createComment(system, first.id, 'an orange', 'comments-2'),
    await createComment(system, first.id, 'a pear', 'comments-3'),
  ];
  const other = await createComment(system, second.id, 'a leek');
  const [apple, orange, pear] = comments.map(({ id }) => id) as [string, string, string];
  await eventually('all verdicts in the view', async () => {
    const verdicts = { [apple]: 'approved', [orange]: 'rejected', [pear]: 'approved' };
    expect(await statusesInView(system, first.id)).toEqual(verdicts);
    expect(await statusesInView(system, second.id)).toEqual({ [other.id]: 'approved' });
  });
  return { postIds: [first.id, second.id] };
}

/** What query answers, as it comes: the list and each whole post. */
async function readViewAsText({ urls }: System, postIds: string[]): Promise<string[]> {
  const paths = ['/posts', ...postIds.map((id) => `/posts/${id}`)];
  return Promise.all(paths.map(async (path) => (await send(`${urls.query}${path}`)).text));
}

async function deleteDatabase({ dataDir }: System, service: string): Promise<void> {
  const files = (await readdir(dataDir)).filter((name) => name.startsWith(`${service}.db`));
  expect(files).toContain(`${service}.db`);
  for (const name of files) await rm(join(dataDir, name));
}

describe('the failures that fell the course code', () => {
  const getSystem = useFreshSystem({ only: servers });

  it('1: moderation is down while posts and a comment are made; the verdict comes when it is back', async () => {
    const system = getSystem();
    await system.get('moderation').stop();
    const post = await createPost(system, 'One');
    const other = await createPost(system, 'Two');
    const comment = await createComment(system, post.id, 'an orange');
    await eventually('posts and comment in the view', async () => {
      expect(await statusesInView(system, post.id)).toEqual({ [comment.id]: 'pending' });
      expect(await statusesInView(system, other.id)).toEqual({});
    });
    await system.get('moderation').start();
    await eventually('the verdict in the view', async () =>
      expect(await statusesInView(system, post.id)).toEqual({ [comment.id]: 'rejected' }),
    );
  });

  it('3: bus, query and all others are killed; log, posts, comments and view are there again', async () => {
    const system = getSystem();
    const { postIds } = await writeSomething(system);
    const everything = async () => ({
      log: await readLog(system),
      posts: await read(`${system.urls.posts}/posts`),
      comments: await Promise.all(postIds.map((id) => read(`${system.urls.comments}/posts/${id}/comments`))),
      view: await readViewAsText(system, postIds),
    });
    const before = await everything();

    await system.get('event-bus').kill('SIGKILL');
    await system.get('query').kill('SIGKILL');
    await Promise.all(system.all.map((one) => one.kill('SIGKILL')));
    await system.start();
    await eventually('everything as it was', async () => expect(await everything()).toEqual(before));

    const later = await createPost(system, 'Life goes on');
    await eventually('a later post', async () => expect(await statusesInView(system, later.id)).toEqual({}));
    expect((await readLog(system)).slice(0, before.log.length)).toEqual(before.log);
  });

  it('4: every event comes twice, and in another order across posts; the view does not change', async () => {
    const system = getSystem();
    const { postIds } = await writeSomething(system);
    const before = await readViewAsText(system, postIds);
    const log = await readLog(system);
    const keys = [...new Set(log.map((event) => event.partitionkey))].toReversed();
    const otherOrder = keys.flatMap((key) => log.filter((event) => event.partitionkey === key));
    expect(otherOrder).not.toEqual(log);
    for (const event of [...otherOrder, ...otherOrder]) {
      for (const service of ['posts', 'comments', 'comments-2', 'moderation', 'query'] as const) {
        expect((await send(`${system.urls[service]}/events`, { json: event })).status).toBe(200);
      }
    }
    const marker = await createPost(system, 'Marker');
    const comment = await createComment(system, marker.id, 'the last word');
    await eventually('a later comment', async () =>
      expect(await statusesInView(system, marker.id)).toEqual({ [comment.id]: 'approved' }),
    );
    const after = await readViewAsText(system, postIds);
    expect(after.slice(1)).toEqual(before.slice(1));
    // Nobody told anything a second time.
    expect((await readLog(system)).slice(log.length).map(({ type }) => type)).toEqual([
      'PostCreated',
      'CommentCreated',
      'CommentModerated',
      'CommentUpdated',
    ]);
  });

  it('4: a view that hears everything backwards and twice is the same view', async () => {
    const system = getSystem();
    const { postIds } = await writeSomething(system);
    const before = await readViewAsText(system, postIds);
    const log = await readLog(system);
    await system.get('query').stop();
    await system.get('event-bus').stop();
    await deleteDatabase(system, 'query');
    await system.get('query').start();
    expect(await readView(system)).toEqual({});
    for (const event of [...log, ...log].toReversed()) {
      expect((await send(`${system.urls.query}/events`, { json: event })).status).toBe(200);
    }
    expect(await readViewAsText(system, postIds)).toEqual(before);
  });

  it('5: a comment without content is refused, and moderation lives on', async () => {
    const system = getSystem();
    const post = await createPost(system, 'One');
    expect((await send(`${system.urls.comments}/posts/${post.id}/comments`, { json: {} })).status).toBe(400);
    // As a careless publisher might send it.
    const event = { type: 'CommentCreated', data: { id: 'no-content', postId: post.id, status: 'pending' } };
    await send(`${system.urls['event-bus']}/events`, { json: event });
    const other = await createPost(system, 'Two');
    const comment = await createComment(system, other.id, 'fine');
    await eventually("another post's verdict", async () =>
      expect(await statusesInView(system, other.id)).toEqual({ [comment.id]: 'approved' }),
    );
    expect(system.all.every(({ isRunning }) => isRunning)).toBe(true);
  });

  it('6: a comment on an unknown post is kept, and shown once the post comes', async () => {
    const system = getSystem();
    const { id } = await createComment(system, 'not-yet', 'early');
    const own = `${system.urls.comments}/posts/not-yet/comments`;
    await eventually('its verdict', async () =>
      expect(await read<Comment[]>(own)).toMatchObject([{ id, status: 'approved' }]),
    );
    expect(await readView(system)).toEqual({});

    const event = { type: 'PostCreated', data: { id: 'not-yet', title: 'Late' } };
    expect((await send(`${system.urls['event-bus']}/events`, { json: event })).status).toBe(200);
    await eventually('the post with its comment in the view', async () =>
      expect(await readView(system)).toMatchObject({
        'not-yet': { title: 'Late', comments: [{ id, content: 'early', status: 'approved' }] },
      }),
    );
  });

  it('7: posts and comments made while query is down are there when it is back', async () => {
    const system = getSystem();
    await system.get('query').stop();
    const post = await createPost(system, 'One');
    const other = await createPost(system, 'Two');
    const comment = await createComment(system, post.id, 'an apple');
    await system.get('query').start();
    await eventually('all of it in the view', async () => {
      expect(await statusesInView(system, post.id)).toEqual({ [comment.id]: 'approved' });
      expect(await statusesInView(system, other.id)).toEqual({});
    });
  });

  it('a view that was deleted and built again from the log is the same, byte for byte', async () => {
    const system = getSystem();
    const { postIds } = await writeSomething(system);
    const before = await readViewAsText(system, postIds);
    await system.get('query').stop();
    await deleteDatabase(system, 'query');
    await system.get('query').start();
    await eventually('the old view', async () => expect(await readViewAsText(system, postIds)).toEqual(before));
  });
});

describe('a system of which nothing runs yet', () => {
  const getSystem = useFreshSystem({ only: servers, started: false });

  it('2: query starts before the bus, and hears everything all the same', async () => {
    const system = getSystem();
    await system.get('query').start();
    await system.get('posts').start();
    const early = await createPost(system, 'Before the bus');
    await system.start();
    const late = await createPost(system, 'After it');
    await eventually('both posts in the view', async () =>
      expect(await readView(system)).toMatchObject({ [early.id]: early, [late.id]: late }),
    );
  });
});
