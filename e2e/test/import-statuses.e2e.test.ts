/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authEnvironment, bearerOf } from '../harness/auth';
import { type Comment, createComment, createPost, servers, statusesInView } from '../harness/blog';
import { send } from '../harness/send';
import type { System } from '../harness/system';
import { contentOf, transfer } from '../harness/transfer';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(120_000);

const options = { only: servers, env: authEnvironment };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blog-statuses-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Asks moderation as somebody who moderates. Throws unless the answer is 200. */
async function moderate<T>(system: System, path: string, sent: { method?: string; json?: unknown } = {}): Promise<T> {
  const headers = { ...(await bearerOf({ name: 'ana', roles: ['moderator'] })), 'If-Match': '*' };
  const answer = await send<T>(`${system.urls.moderation}${path}`, { ...sent, headers });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return answer.json();
}

const decide = (system: System, { id }: Comment, verdict: string) =>
  moderate(system, '/verdicts', { json: { commentId: id, verdict } });

/** What waits for a person, sorted. */
async function waiting(system: System): Promise<string[]> {
  const { items } = await moderate<{ items: { id: string }[] }>(system, '/queue');
  return items.map(({ id }) => id).sort();
}

/** A post with a comment of every status, and how each stands. The rules of this blog hold all of them. */
async function writeComments(system: System) {
  await moderate(system, '/rules', { method: 'PUT', json: { rules: [{ kind: 'all', name: 'all', action: 'hold' }] } });
  const post = await createPost(system, 'Waiting');
  const held = await createComment(system, post.id, 'An orange that a rule held');
  const rejected = await createComment(system, post.id, 'Rejected by a person');
  const approved = await createComment(system, post.id, 'An orange that a person approved');
  const back = await createComment(system, post.id, 'Approved, and then put back');
  await eventually('four comments in the queue', async () => expect(await waiting(system)).toHaveLength(4));
  await decide(system, rejected, 'rejected');
  await decide(system, approved, 'approved');
  await decide(system, back, 'approved');
  await decide(system, back, 'pending');
  await system.get('moderation').stop();
  const unjudged = await createComment(system, post.id, 'Nobody has judged this');
  const pending = [held, back, unjudged].map(({ id }) => id);
  const statuses: Record<string, string> = { [rejected.id]: 'rejected', [approved.id]: 'approved' };
  for (const id of pending) statuses[id] = 'pending';
  await eventually('all of it in the view', async () =>
    expect(await statusesInView(system, post.id)).toEqual(statuses),
  );
  return { post, held, pending: pending.sort(), statuses };
}

describe('an import', () => {
  const first = useSystem(options);
  const second = useSystem(options);

  it('leaves every comment as it stood: what waits goes on to wait, whatever the rules here say', async () => {
    const { post, held, pending, statuses } = await writeComments(first());
    const [before, after] = [join(folder, 'before'), join(folder, 'after')];
    await transfer('export', first(), before);

    expect(await transfer('import', second(), before)).toContain('comments: 5 added');
    await eventually('all of it in the queue', async () => expect(await waiting(second())).toEqual(pending));
    await eventually('all of it in the view', async () =>
      expect(await statusesInView(second(), post.id)).toEqual(statuses),
    );
    await transfer('export', second(), after);
    expect(await contentOf(after)).toEqual(await contentOf(before));

    await decide(second(), held, 'approved');
    await eventually('the verdict in the view', async () =>
      expect(await statusesInView(second(), post.id)).toEqual({ ...statuses, [held.id]: 'approved' }),
    );
  });
});
