/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createComment, createPost, servers } from '../harness/blog';
import { type Answer, read, send, type Sent } from '../harness/send';
import type { System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

interface Refused {
  name: string;
  sent: Sent;
  status: number;
  /** Of the fields at fault; not looked at where absent. */
  paths?: string[];
}

const refused = (name: string, sent: Sent, status: number, paths?: string[]): Refused => ({
  name,
  sent,
  status,
  paths,
});

const json = { 'Content-Type': 'application/json' };
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const notUtf8 = new Uint8Array([...Buffer.from('{"title":"'), 0xff, 0xfe, ...Buffer.from('"}')]);

/** What every door refuses before it looks at fields. */
const unreadable: Refused[] = [
  refused('JSON that ends early', { body: '{"title":', headers: json }, 400, ['']),
  refused('text that is not JSON', { body: 'title=x', headers: json }, 400, ['']),
  refused('bytes that are not UTF-8', { body: notUtf8, headers: json }, 400, ['']),
  refused(
    'JSON nested deeper than 32 levels',
    { body: `{"title":"x","content":"x","deep":${nested(40)}}`, headers: json },
    400,
    [''],
  ),
  refused('a form', { body: 'title=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415),
  refused('plain text', { body: '{"title":"x","content":"x"}', headers: { 'Content-Type': 'text/plain' } }, 415),
  refused('a body without a type', { body: new Uint8Array(Buffer.from('{"title":"x","content":"x"}')) }, 415),
  refused(
    'another charset',
    { body: '{"title":"x","content":"x"}', headers: { 'Content-Type': 'application/json; charset=iso-8859-1' } },
    415,
  ),
];

/** What a door with one required text refuses; `most` is its length's limit in characters. */
function wrongFields(field: string, most: number): Refused[] {
  return [
    refused('no body', { method: 'POST' }, 400, ['']),
    refused('an array', { json: [] }, 400, ['']),
    refused('null', { body: 'null', headers: json }, 400, ['']),
    refused(`no ${field}`, { json: {} }, 400, [field]),
    refused(`an empty ${field}`, { json: { [field]: '' } }, 400, [field]),
    refused(`a blank ${field}`, { json: { [field]: ' \n\t' } }, 400, [field]),
    refused(`a number as ${field}`, { json: { [field]: 42 } }, 400, [field]),
    refused(`null as ${field}`, { json: { [field]: null } }, 400, [field]),
    refused(`an object as ${field}`, { json: { [field]: { toString: 'x' } } }, 400, [field]),
    refused(`a ${field} of ${most + 1} characters`, { json: { [field]: 'x'.repeat(most + 1) } }, 400, [field]),
    refused(`a NUL in ${field}`, { json: { [field]: 'a\0b' } }, 400, [field]),
    refused(`half a surrogate pair in ${field}`, { body: `{"${field}":"\\ud83c"}`, headers: json }, 400, [field]),
    refused('a body of 9 MB', { json: { [field]: 'x', more: 'x'.repeat(9_000_000) } }, 413),
  ];
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
};

function expectProblem(answer: Answer, status: number, paths?: string[]): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toMatchObject({ status, title: titles[status], type: 'about:blank' });
  expect(answer.text).not.toMatch(/node_modules|\.[jt]s\b|SELECT|INSERT|\bat .*:\d+/);
  if (paths === undefined) return;
  const { errors } = answer.json() as { errors: { path: string; message: string }[] };
  expect(errors.map(({ path }) => path)).toEqual(paths);
  for (const { message } of errors) expect(message).toMatch(/\w/);
}

interface Event {
  type: string;
  data: { id: string };
}

const readLog = ({ urls }: System): Promise<Event[]> => read<Event[]>(`${urls['event-bus']}/events`);

describe('what is refused, and leaves nothing behind', () => {
  const getSystem = useSystem({ only: servers });

  describe.each([
    ['posts', '/posts', 'title', 300],
    ['posts', '/posts/create', 'title', 300],
    ['comments', '/posts/some-post/comments', 'content', 10_000],
  ] as const)('%s: POST %s', (service, path, field, most) => {
    it.each([...unreadable, ...wrongFields(field, most)])('refuses $name', async ({ sent, status, paths }) => {
      const url = `${getSystem().urls[service]}${path}`;
      expectProblem(await send(url, sent), status, paths);
    });

    it(`takes a ${field} of ${most} characters`, async () => {
      const url = `${getSystem().urls[service]}${path.replace('some-post', 'another-post')}`;
      expect((await send(url, { json: { [field]: 'x'.repeat(most) } })).status).toBe(201);
    });
  });

  describe.each(['posts', 'comments', 'query', 'moderation', 'event-bus'] as const)('%s: POST /events', (service) => {
    it.each(unreadable)('refuses $name', async ({ sent, status, paths }) => {
      expectProblem(await send(`${getSystem().urls[service]}/events`, sent), status, paths);
    });
  });

  it.each([
    ['event-bus', { data: {} }, 'type'],
    ['event-bus', { type: 42, data: {} }, 'type'],
    ['event-bus', { type: '', data: {} }, 'type'],
    ['query', { type: 'PostCreated', data: { title: 'x' } }, 'data.id'],
    ['moderation', { type: 'CommentCreated', data: { id: 'x', content: 'y', status: 'pending' } }, 'data.postId'],
    [
      'comments',
      { type: 'CommentModerated', data: { id: 'x', postId: 'y', content: 'x', status: 'maybe' } },
      'data.status',
    ],
  ] as const)('%s: refuses the event %j, naming %s', async (service, event, path) => {
    const answer = await send<{ errors: { path: string }[] }>(`${getSystem().urls[service]}/events`, { json: event });
    expect([400, 422]).toContain(answer.status);
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
    expect(answer.json().errors.map((fault) => fault.path)).toEqual([path]);
  });

  it.each(['posts', 'comments', 'query', 'moderation', 'event-bus'] as const)(
    '%s: has no other routes',
    async (service) => {
      expectProblem(await send(`${getSystem().urls[service]}/no/such/route`), 404);
      expectProblem(await send(`${getSystem().urls[service]}/no/such/route`, { json: { title: 'x' } }), 404);
    },
  );

  it.each([
    ['posts', '/posts', 'DELETE', ['GET', 'POST']],
    ['posts', '/posts/create', 'GET', ['POST']],
    ['comments', '/posts/x/comments', 'PUT', ['GET', 'POST']],
    ['query', '/posts', 'POST', ['GET']],
    ['moderation', '/events', 'GET', ['POST']],
    ['event-bus', '/events', 'DELETE', ['GET', 'POST']],
  ] as const)('%s: %s does not take %s', async (service, path, method, allowed) => {
    const answer = await send(`${getSystem().urls[service]}${path}`, { method });
    expectProblem(answer, 405);
    const allow = (answer.headers.get('Allow') ?? '').split(/,\s*/);
    expect(allow).toEqual(expect.arrayContaining([...allowed]));
    expect(allow).not.toContain(method);
  });

  it('stored nothing of all that', async () => {
    const system = getSystem();
    const { urls } = system;
    const post = await createPost(system, 'The last one');
    const comment = await createComment(system, post.id, 'The last one, too');
    await eventually('the last comment in the log', async () =>
      expect((await readLog(system)).map(({ data }) => data.id)).toContain(comment.id),
    );
    const posts = await read<Record<string, { title: string }>>(`${urls.posts}/posts`);
    const long = 'x'.repeat(300);
    expect(Object.values(posts).map(({ title }) => title)).toEqual([long, long, 'The last one']);
    expect(await read(`${urls.comments}/posts/some-post/comments`)).toEqual([]);
    const created = (await readLog(system)).filter(({ type }) => type.endsWith('Created'));
    expect(created.map(({ type }) => type)).toEqual([
      'PostCreated',
      'PostCreated',
      'CommentCreated',
      'PostCreated',
      'CommentCreated',
    ]);
  });
});
