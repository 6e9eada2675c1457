/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { authEnvironment, bearerOf } from '../harness/auth';
import { createComment, createPost, servers, statusesInView } from '../harness/blog';
import { send } from '../harness/send';
import type { System, SystemOptions } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

const options: SystemOptions = { only: servers, env: authEnvironment };

async function asAna(): Promise<Record<string, string>> {
  return { ...(await bearerOf({ name: 'ana', roles: ['moderator'] })), 'If-Match': '*' };
}

/** Asks moderation as Ana, who is a moderator. Throws unless the answer is 200. */
async function ask<T>({ urls }: System, path: string, sent: { method?: string; json?: unknown } = {}): Promise<T> {
  const headers = await asAna();
  const answer = await send<T>(`${urls.moderation}${path}`, { ...sent, headers });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return answer.json();
}

const putRules = (system: System, rules: unknown[]) => ask(system, '/rules', { method: 'PUT', json: { rules } });

async function waiting(system: System): Promise<string[]> {
  const { items } = await ask<{ items: { id: string }[] }>(system, '/queue');
  return items.map(({ id }) => id);
}

function letsModeratorsDecide(getSystem: () => System): void {
  it('holds a comment until a moderator decides, takes the decision back, and decides again', async () => {
    const system = getSystem();
    await putRules(system, [{ kind: 'words', name: 'cats', action: 'hold', words: ['cat'] }]);
    const post = await createPost(system, 'Pets');
    const cat = await createComment(system, post.id, 'a cat');
    const dog = await createComment(system, post.id, 'a dog');
    const inView = (status: string) =>
      eventually(`the cat ${status}`, async () =>
        expect(await statusesInView(system, post.id)).toEqual({ [cat.id]: status, [dog.id]: 'approved' }),
      );
    await eventually('the cat in the queue', async () => expect(await waiting(system)).toContain(cat.id));
    await inView('pending');
    await ask(system, '/verdicts', { json: { commentId: cat.id, verdict: 'approved', revision: 1 } });
    await inView('approved');
    await ask(system, '/verdicts/undo', { json: { commentIds: [cat.id] } });
    await inView('pending');
    expect(await waiting(system)).toContain(cat.id);
    await ask(system, '/verdicts', { json: [{ commentId: cat.id, verdict: 'rejected', reason: 'No cats.' }] });
    await inView('rejected');
  });
}

describe('our services', () => {
  const getSystem = useSystem({ ...options, only: [...servers, 'client'] });
  letsModeratorsDecide(getSystem);

  it('are moderated through the one origin that browsers know, and from no other page', async () => {
    const { urls } = getSystem();
    const headers = await asAna();
    const url = `${urls.client}/api/moderation`;
    const block = (authorId: string, more = headers) =>
      send(`${url}/blocklist`, { method: 'PUT', json: { authorId, action: 'hold' }, headers: more });
    for (const authorId of ['a1', 'a2']) expect((await block(authorId)).status).toBe(200);
    const list = await send(`${url}/blocklist?limit=1`, { headers });
    expect(list.json()).toMatchObject([{ authorId: 'a2', by: 'ana' }]);
    const next = /^<(.*)>; rel="next"$/.exec(list.headers.get('Link') ?? '')?.[1] ?? '';
    expect((await send(new URL(next, urls.client).href, { headers })).json()).toMatchObject([{ authorId: 'a1' }]);
    expect((await send(`${url}/rules`, { headers })).headers.get('ETag')).toMatch(/^"\d+"$/);
    expect((await send(`${url}/rules`)).status).toBe(401);
    expect((await block('a3', { ...headers, Origin: 'https://elsewhere.example' })).status).toBe(403);
  });

  it('judge an edit again, and forget what is deleted', async () => {
    const system = getSystem();
    await putRules(system, [{ kind: 'words', name: 'cats', action: 'hold', words: ['cat'] }]);
    const post = await createPost(system, 'Edits');
    const url = `${system.urls.comments}/posts/${post.id}/comments`;
    const created = await send<{ id: string }[]>(url, { json: { content: 'a dog' } });
    const id = created.json()[0]?.id ?? '';
    const own = { 'Comment-Token': created.headers.get('Comment-Token') ?? '' };
    const inView = (status: string) =>
      eventually(`the comment ${status}`, async () =>
        expect(await statusesInView(system, post.id)).toEqual({ [id]: status }),
      );
    await inView('approved');
    await send(`${url}/${id}`, { method: 'PATCH', json: { content: 'a cat' }, headers: own });
    await inView('pending');
    await eventually('the edit in the queue', async () => expect(await waiting(system)).toContain(id));
    await ask(system, '/verdicts', { json: { commentId: id, verdict: 'approved', revision: 2 } });
    await inView('approved');
    await ask(system, '/verdicts', { json: { commentId: id, verdict: 'pending' } });
    await inView('pending');
    await send(`${url}/${id}`, { method: 'DELETE', headers: own });
    await eventually('nothing in the queue', async () => expect(await waiting(system)).not.toContain(id));
  });
});

describe("the course's comments among our services", () => {
  letsModeratorsDecide(useSystem({ ...options, course: ['comments'] }));
});
