/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createPost, servers, statusesInView } from '../harness/blog';
import { send } from '../harness/send';
import type { System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

const author = 'orange CASINO evil.example';
const content = 'A text that nobody shall see';

/** What anybody may ask for that has to do with a comment, except for the stream. */
function publicUrls({ urls }: System, postId: string, commentId: string): string[] {
  const replicas = [urls.comments, urls['comments-2'], urls['comments-3'], `${urls.client}/api/comments`];
  const readers = [urls.query, `${urls.client}/api/query`];
  return [
    ...replicas.flatMap((url) => [`${url}/posts/${postId}/comments`, `${url}/posts/${postId}/comments/${commentId}`]),
    ...readers.flatMap((url) =>
      ['posts', `posts/${postId}`, 'feed.atom', 'feed.json', 'tags'].map((path) => `${url}/${path}`),
    ),
    ...['', `posts/${postId}`, `embed/${postId}`, 'feed.atom', 'feed.json', `?q=orange`].map(
      (path) => `${urls.client}/${path}`,
    ),
  ];
}

/** Follows the live stream from now on; the function gives what it tells until a text comes. */
async function follow({ urls }: System): Promise<(text: string) => Promise<string>> {
  const { body } = await fetch(`${urls.query}/stream`);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  return async (text) => {
    let told = '';
    while (!told.includes(text)) told += (await reader?.read())?.value ?? text;
    await reader?.cancel();
    return told;
  };
}

describe('a comment whose author has a name that a rule rejects', () => {
  const getSystem = useSystem({ only: [...servers, 'client'], env: { EMBED_ORIGINS: 'https://site.example' } });

  it('is rejected, and shows neither its text nor that name to anybody but its author', async () => {
    const system = getSystem();
    const post = await createPost(system, 'Names');
    const told = await follow(system);
    const url = `${system.urls.comments}/posts/${post.id}/comments`;
    const created = await send<{ id: string; author: string }[]>(url, { json: { content, author } });
    const [mine] = created.json();
    expect(mine).toMatchObject({ content, author, status: 'pending' });
    const id = mine?.id ?? '';
    await eventually('the verdict in the view', async () =>
      expect(await statusesInView(system, post.id)).toEqual({ [id]: 'rejected' }),
    );
    for (const place of publicUrls(system, post.id, id)) {
      const answer = await send(place);
      expect({ place, status: answer.status }).toEqual({ place, status: 200 });
      expect(answer.text).not.toMatch(/CASINO|evil\.example|nobody shall see/);
    }
    expect(await told('"rejected"')).not.toMatch(/CASINO|evil\.example|nobody shall see/);

    const own = { 'Comment-Token': created.headers.get('Comment-Token') ?? '' };
    expect((await send(url, { headers: own })).json()).toMatchObject([{ content, author, status: 'rejected' }]);
  });
});
