/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createComment, createPost, servers } from '../harness/blog';
import { areDone, deadLetters, seen } from '../harness/course-view';
import { read, send } from '../harness/send';
import type { ServiceName } from '../harness/system';
import { useFreshSystem } from '../harness/use-system';
import { eventually, waitFor } from '../harness/wait-for';

jest.setTimeout(240_000);

const theirs: ServiceName[] = ['posts', 'comments', 'moderation', 'query'];
const groups = ['comments', 'moderation', 'query'];

describe("The course's services, which know nothing of erasing", () => {
  const getSystem = useFreshSystem({ only: servers, course: theirs });

  it('go on when something is erased; what they read anew of it is a rejected comment without a text', async () => {
    const system = getSystem();
    const bus = system.urls['event-bus'];
    const post = await createPost(system, 'Fruit');
    const { id } = await createComment(system, post.id, 'first');
    await createComment(system, post.id, 'second');
    await eventually('both in the view', async () =>
      expect(await seen(system, post)).toEqual(['first/approved', 'second/approved']),
    );
    const erased = { type: 'CommentErased', partitionkey: post.id, erases: id, data: { id, postId: post.id } };
    const other = { type: 'PostErased', partitionkey: 'no-such', erases: 'no-such', data: { id: 'no-such' } };
    expect((await send(`${bus}/events`, { json: [erased, other] })).status).toBe(200);
    await waitFor('both erasures to be done', async () => {
      const told = await read<{ doneAt: string | null }[]>(`${bus}/erasures`);
      return told.length === 2 && told.every(({ doneAt }) => doneAt !== null);
    });
    expect((await send(`${bus}/events`)).text).not.toContain('"first"');
    await waitFor('every event to be delivered', () => areDone(system, groups), { within: 120_000 });
    await createComment(system, post.id, 'third');
    await eventually('the third in the view', async () =>
      expect((await seen(system, post))?.at(-1)).toBe('third/approved'),
    );
    await system.get('query').kill('SIGKILL');
    await system.get('query').start();
    await eventually('the view that is made anew', async () =>
      expect(await seen(system, post)).toEqual(['/rejected', 'second/approved', 'third/approved']),
    );
    expect(await deadLetters(system)).toEqual([]);
  });
});
