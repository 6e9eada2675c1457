/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { type Comment, createComment, createPost, readView, servers } from '../harness/blog';
import { read, send } from '../harness/send';
import { useFreshSystem, useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

interface Event {
  type: string;
  data: { id: string };
}

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) as string;

describe('an empty blog', () => {
  const getSystem = useFreshSystem({ only: servers });

  it('answers each list with an empty one', async () => {
    const { urls } = getSystem();
    expect(await read(`${urls.posts}/posts`)).toEqual({});
    expect(await read(`${urls.query}/posts`)).toEqual({});
    expect(await read(`${urls.comments}/posts/any/comments`)).toEqual([]);
    expect(await read(`${urls['event-bus']}/events`)).toEqual([]);
  });

  it.each(['/posts', '/posts/create'])('creates a post by POST %s and tells the bus', async (path) => {
    const { urls } = getSystem();
    const answer = await send<{ id: string }>(`${urls.posts}${path}`, { json: { title: 'First' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(answer.json()).toEqual(expect.objectContaining({ id: uuid, title: 'First' }));
    const { id } = answer.json();

    expect(await read(`${urls.posts}/posts`)).toEqual({ [id]: expect.objectContaining({ id, title: 'First' }) });
    await eventually('the event in the log', async () => {
      const data = expect.objectContaining({ id, title: 'First' });
      expect(await read(`${urls['event-bus']}/events`)).toEqual([
        expect.objectContaining({ type: 'PostCreated', data }),
      ]);
    });
    await eventually('the post in the view', async () => {
      const post = expect.objectContaining({ id, title: 'First', comments: [] });
      expect(await read(`${urls.query}/posts`)).toEqual({ [id]: post });
    });
  });

  it('carries a comment to its verdict with the four classic fields in each event', async () => {
    const system = getSystem();
    const { urls } = system;
    const { id: postId } = await createPost(system, 'First');
    const answer = await send<Comment[]>(`${urls.comments}/posts/${postId}/comments`, { json: { content: 'Hi' } });
    expect(answer.status).toBe(201);
    expect(answer.json()).toEqual([expect.objectContaining({ id: uuid, content: 'Hi', status: 'pending' })]);
    const id = answer.json()[0]?.id;

    const approved = expect.objectContaining({ id, content: 'Hi', status: 'approved' });
    await eventually('the approved comment in the view', async () => {
      const post = expect.objectContaining({ id: postId, title: 'First', comments: [approved] });
      expect(await read(`${urls.query}/posts`)).toEqual({ [postId]: post });
    });
    for (const replica of ['comments', 'comments-2', 'comments-3'] as const) {
      expect(await read(`${urls[replica]}/posts/${postId}/comments`)).toEqual([approved]);
    }
    const classic = { id, content: 'Hi', postId };
    const events = await read<Event[]>(`${urls['event-bus']}/events`);
    expect(events.filter(({ type }) => type !== 'PostCreated')).toEqual([
      expect.objectContaining({
        type: 'CommentCreated',
        data: expect.objectContaining({ ...classic, status: 'pending' }),
      }),
      expect.objectContaining({
        type: 'CommentModerated',
        data: expect.objectContaining({ ...classic, status: 'approved' }),
      }),
      expect.objectContaining({
        type: 'CommentUpdated',
        data: expect.objectContaining({ ...classic, status: 'approved' }),
      }),
    ]);
  });
});

describe('a running blog', () => {
  const getSystem = useSystem({ only: servers });

  it('answers a comment with all comments of its post, oldest first', async () => {
    const system = getSystem();
    const { id } = await createPost(system, 'Two comments');
    const first = await createComment(system, id, 'first');
    const url = `${system.urls['comments-2']}/posts/${id}/comments`;
    const answer = await send<Comment[]>(url, { json: { content: 'second' } });
    expect(answer.json()).toEqual([
      expect.objectContaining({ id: first.id }),
      expect.objectContaining({ id: uuid, content: 'second', status: 'pending' }),
    ]);
  });

  it('rejects a comment with "orange" in it and takes "Orange", and gives no text away before the verdict', async () => {
    const system = getSystem();
    const { id: postId } = await createPost(system, 'Fruit');
    const rejected = await createComment(system, postId, 'A blood-orange!');
    const approved = await createComment(system, postId, 'Orange is a colour');
    const toOthers = [
      expect.objectContaining({ id: rejected.id, content: '', status: 'rejected' }),
      expect.objectContaining({ id: approved.id, content: 'Orange is a colour', status: 'approved' }),
    ];
    await eventually('the verdicts in the view', async () =>
      expect((await readView(system))[postId]?.comments).toEqual(toOthers),
    );
    expect(await read(`${system.urls['comments-3']}/posts/${postId}/comments`)).toEqual(toOthers);
  });

  it.each(['posts', 'comments', 'query', 'moderation'] as const)('accepts unknown events at %s', async (service) => {
    const event = { type: 'SomethingElse', data: { id: '1' } };
    expect((await send(`${getSystem().urls[service]}/events`, { json: event })).status).toBe(200);
  });

  it('answers a publish with OK and keeps the event in the log, as the last one', async () => {
    const bus = getSystem().urls['event-bus'];
    const event = { type: 'SomethingElse', data: { id: 'something', nested: { list: [1, 'two', null] } } };
    const answer = await send(`${bus}/events`, { json: event });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual(expect.objectContaining({ status: 'OK' }));
    expect((await read<Event[]>(`${bus}/events`)).at(-1)).toEqual(expect.objectContaining(event));
  });

  it.each(['posts', 'comments', 'query'] as const)('lets pages of any origin read %s', async (service) => {
    const { urls } = getSystem();
    const url = service === 'comments' ? `${urls.comments}/posts/any/comments` : `${urls[service]}/posts`;
    const answer = await send(url, { headers: { Origin: 'http://elsewhere.example' } });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    const preflight = await send(url, {
      method: 'OPTIONS',
      headers: {
        Origin: 'http://elsewhere.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type',
      },
    });
    expect(preflight.status).toBeLessThan(300);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe('content-type');
  });

  it.each(['event-bus', 'moderation'] as const)('lets no page of another origin reach %s', async (service) => {
    const url = `${getSystem().urls[service]}/events`;
    const headers = { Origin: 'http://elsewhere.example', 'Access-Control-Request-Method': 'POST' };
    const preflight = await send(url, { method: 'OPTIONS', headers });
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull();
    // What a form or a "simple" fetch can send without a preflight.
    const simple = {
      body: '{"type":"PostCreated","data":{"id":"x","title":"x"}}',
      headers: { 'Content-Type': 'text/plain' },
    };
    expect((await send(url, simple)).status).toBe(415);
  });

  it.each(['__proto__', 'constructor', 'toString', 'a b/ä?#%', '4711'])(
    'takes %j as an ordinary id',
    async (postId) => {
      const system = getSystem();
      const url = `${system.urls.comments}/posts/${encodeURIComponent(postId)}/comments`;
      expect(await read(url)).toEqual([]);
      const { id } = await createComment(system, postId, 'ordinary');
      expect(await read(url)).toEqual([expect.objectContaining({ id })]);
    },
  );

  it.each(['🍊 Ünïcode 漢字 \u202e', '<script>alert(1)</script>', ' "quoted" \\ \n second line '])(
    'gives the text %j back unchanged',
    async (text) => {
      const system = getSystem();
      const { id } = await createPost(system, text);
      expect(await read(`${system.urls.posts}/posts`)).toMatchObject({ [id]: { title: text } });
      const comment = await createComment(system, id, text);
      await eventually('the texts in the view', async () =>
        expect((await readView(system))[id]).toMatchObject({
          title: text,
          comments: [{ id: comment.id, content: text }],
        }),
      );
    },
  );
});
