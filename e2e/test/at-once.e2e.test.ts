/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { authEnvironment, bearerOf } from '../harness/auth';
import { createPost } from '../harness/blog';
import { read, send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

const system = useSystem({ env: { ...authEnvironment, COMMENTS_PER_MINUTE: '0', COMMENTS_PER_HOUR: '0' } });

const bearer = () => bearerOf({ name: 'ana', roles: ['author', 'moderator'] });

const rounds = Array.from({ length: 10 }, (_, round) => round);

describe('Of two who change the same version at once', () => {
  it('one changes a post, and the other is told (412)', async () => {
    const url = `${system().urls.posts}/posts/${(await createPost(system(), 'First')).id}`;
    for (const round of rounds) {
      const { headers } = await send(url);
      const change = async (title: string) =>
        send<{ title: string }>(url, {
          ...{ method: 'PATCH', json: { title } },
          headers: { ...(await bearer()), 'If-Match': headers.get('ETag') ?? '' },
        });
      const answers = await Promise.all([change(`${round} a`), change(`${round} b`)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      const won = answers.find(({ status }) => status === 200)?.json();
      expect(await read(url)).toMatchObject({ title: won?.title });
    }
  });

  it('one changes the rules, and the other is told (412)', async () => {
    const url = `${system().urls.moderation}/rules`;
    for (const round of rounds) {
      const { headers } = await send(url, { headers: await bearer() });
      const change = async (name: string) =>
        send(url, {
          ...{ method: 'PUT', json: { rules: [{ kind: 'links', name, action: 'hold', most: 9 }] } },
          headers: { ...(await bearer()), 'If-Match': headers.get('ETag') ?? '' },
        });
      const answers = await Promise.all([change(`${round} a`), change(`${round} b`)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    }
  });
});

describe('The same comment, sent more than once', () => {
  const commentsOf = (id: string) => read<{ content: string }[]>(`${system().urls.comments}/posts/${id}/comments`);

  it('through all replicas at once, is one comment, with one answer for all', async () => {
    const { id } = await createPost(system(), 'Replicas');
    const replicas = ['comments', 'comments-2', 'comments-3'] as const;
    for (const round of rounds) {
      const answers = await Promise.all(
        [...replicas, ...replicas].map((replica) =>
          send(`${system().urls[replica]}/posts/${id}/comments`, {
            json: { content: `Nice ${round}` },
            headers: { 'Idempotency-Key': `a-key-of-round-${round}` },
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
      expect(new Set(answers.map(({ headers }) => headers.get('Location'))).size).toBe(1);
      expect(new Set(answers.map(({ headers }) => headers.get('Comment-Token'))).size).toBe(1);
    }
    expect(await commentsOf(id)).toHaveLength(rounds.length);
  });

  it('by a form that is submitted twice at once, is one comment', async () => {
    const { id } = await createPost(system(), 'Forms');
    const { client } = system().urls;
    await eventually('the page is there', async () => void (await read(`${system().urls.query}/posts/${id}`)));
    const submit = () =>
      fetch(`${client}/posts/${id}/comments`, {
        method: 'POST',
        redirect: 'manual',
        headers: { Origin: client },
        body: new URLSearchParams({ content: 'Once', key: 'the-key-in-the-form' }),
      });
    const answers = await Promise.all([submit(), submit(), submit()]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(new Set(answers.map(({ headers }) => headers.get('Location'))).size).toBe(1);
    expect(await commentsOf(id)).toHaveLength(1);
  });
});
