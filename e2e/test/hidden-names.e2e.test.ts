/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createPost, servers, statusesInView } from '../harness/blog';
import { send } from '../harness/send';
import type { System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

const author = 'orange CASINO evil.example';
const content = 'A text that nobody shall see';

/** What anybody may ask for that has to do with a comment. The stream tells everything from the beginning, and goes on. */
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

/** What the live stream told until a text came. */
async function streamUntil(url: string, text: string): Promise<string> {
  const abort = new AbortController();
  const { body } = await fetch(url, { signal: abort.signal });
  let told = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    told += chunk;
    if (told.includes(text)) break;
  }
  abort.abort();
  return told;
}

describe('a comment whose author has a name that a rule rejects', () => {
  const getSystem = useSystem({ only: [...servers, 'client'], env: { EMBED_ORIGINS: 'https://site.example' } });

  it('is rejected, and shows neither its text nor that name to anybody but its author', async () => {
    const system = getSystem();
    const post = await createPost(system, 'Names');
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
    const told = await streamUntil(`${system.urls.query}/stream?after=0`, '"rejected"');
    expect(told).not.toMatch(/CASINO|evil\.example|nobody shall see/);

    const own = { 'Comment-Token': created.headers.get('Comment-Token') ?? '' };
    expect((await send(url, { headers: own })).json()).toMatchObject([{ content, author, status: 'rejected' }]);
  });
});
