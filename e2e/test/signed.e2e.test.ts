/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createComment, createPost, readView, servers } from '../harness/blog';
import { send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { waitFor } from '../harness/wait-for';

jest.setTimeout(60_000);

const system = useSystem({ only: servers, env: { BUS_SECRET: 'a-secret-for-this-test-only' } });

describe('with BUS_SECRET set', () => {
  it('a comment goes its whole way, every hop signed', async () => {
    const post = await createPost(system(), 'Signed');
    const comment = await createComment(system(), post.id, 'and delivered');
    await waitFor('the approved comment', async () => {
      const view = await readView(system());
      return view[post.id]?.comments.some(({ id, status }) => id === comment.id && status === 'approved');
    });
  });

  it.each(['posts', 'comments', 'query', 'moderation', 'event-bus'] as const)(
    '%s takes no event from whoever does not know the secret',
    async (name) => {
      const event = { type: 'PostCreated', data: { id: 'forged', title: 'Forged' } };
      expect((await send(`${system().urls[name]}/events`, { json: event })).status).toBe(401);
      expect(await readView(system())).not.toHaveProperty('forged');
    },
  );
});
