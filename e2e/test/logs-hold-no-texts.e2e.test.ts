/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { authEnvironment } from '../harness/auth';
import { createPost, statusesInView } from '../harness/blog';
import { send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(240_000);

const system = useSystem({ env: { ...authEnvironment, LOG_LEVEL: 'debug' } });

/** Stands in everything that somebody writes here, and in nothing that the blog makes by itself. */
const mark = 'Xyzzyplugh';
const text = (what: string): string => `${mark} ${what}`;

/** Sends what is right and what isn't, in every way in which a text can reach a process. */
async function writeEverything(): Promise<void> {
  const { urls } = system();
  const post = await createPost(system(), text('title'));
  const comments = `${urls.comments}/posts/${post.id}/comments`;
  const comment = { content: text('comment'), author: text('name') };
  for (const json of [comment, { ...comment, content: text('orange') }, { ...comment, author: mark.repeat(20) }]) {
    await send(comments, { json });
  }
  const forged = [
    { type: 'CommentCreated', data: { id: 'c1', content: text('no post'), author: text('name'), status: 'pending' } },
    { type: 'CommentUpdated', data: { id: text('id'), content: 7, postId: 'p-odd', author: text('name') } },
    { type: 'PostCreated', data: { id: 'p-odd', title: { text: text('title') } } },
    { type: 'PostUpdated', data: text('data') },
  ];
  for (const json of forged) {
    await send(`${urls['event-bus']}/events`, { json });
    for (const name of ['query', 'comments', 'moderation', 'posts'] as const) {
      await send(`${urls[name]}/events`, { json });
      await send(`${urls[name]}/events`, { json: [json, json] });
    }
  }
  const broken = `{"content": "${text('broken')}`;
  for (const url of [comments, `${urls.posts}/posts`, `${urls['event-bus']}/events`, `${urls.query}/events`]) {
    await send(url, { body: broken, headers: { 'Content-Type': 'application/json' } });
    await send(url, { body: text('plain'), headers: { 'Content-Type': 'text/plain' } });
  }
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const fields = (all: Record<string, string>): string => new URLSearchParams(all).toString();
  await send(`${urls.client}/sign-in`, {
    body: fields({ name: text('name'), password: text('password') }),
    headers: form,
  });
  await send(`${urls.client}/posts/${post.id}/comments`, { body: fields(comment), headers: form });
  await send(`${urls.client}/posts/${post.id}/comments`, { body: fields({ ...comment, content: '' }), headers: form });
  await send(`${urls.client}/preview`, { json: { kind: 'comment', markdown: text('preview') } });
  await send(`${urls.client}/?q=${encodeURIComponent(text('search'))}`);
  await send(`${urls.client}/api/comments/posts/${post.id}/comments`, { json: comment });
  await eventually('all comments are judged', async () => {
    const statuses = Object.values((await statusesInView(system(), post.id)) ?? {});
    expect(statuses.length).toBeGreaterThanOrEqual(3);
    expect(statuses).not.toContain('pending');
  });
}

it('No process logs a text or a name that somebody wrote, whatever is wrong with it', async () => {
  await writeEverything();
  const lines = system().all.flatMap(({ name, logs }) => logs.map((line) => `${name}: ${line}`));
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.filter((line) => line.includes(mark))).toEqual([]);
});

it('A process that goes down leaves no text in the log of those that need it', async () => {
  const post = await createPost(system(), text('another'));
  for (const name of ['query', 'event-bus', 'comments-2'] as const) {
    await system().get(name).kill('SIGKILL');
    const json = { content: text('while it is away'), author: text('name') };
    await send(`${system().urls.comments}/posts/${post.id}/comments`, { json });
    await send(`${system().urls.client}/posts/${post.id}`);
    await system().get(name).start();
  }
  const lines = system().all.flatMap(({ logs }) => logs);
  expect(lines.filter((line) => line.includes(mark))).toEqual([]);
});
