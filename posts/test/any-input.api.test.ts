import { NewPost, PostChange, PostToImport } from '@blog/contract';
import fc from 'fast-check';
import { useTestLife } from '../../common/kit/test/test-life';
import { noon } from './posts-service';
import { type Headers, type Method, servePosts } from './served-posts';

const life = useTestLife();

/** Texts that some part might not stand. */
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud83c',
    '🎉',
    '__proto__',
    'toString',
    '9'.repeat(400),
    '\ufffd',
    '\ufeff',
    '\u2028',
  ),
);
const oddValue = fc.oneof(oddText, fc.jsonValue({ maxDepth: 3 }), fc.boolean(), fc.array(oddText, { maxLength: 12 }));
const oddPost = fc.oneof(
  fc.record(
    {
      title: fc.oneof({ weight: 3, arbitrary: fc.string({ minLength: 1 }) }, { weight: 1, arbitrary: oddValue }),
      ...{ body: oddValue, tags: oddValue, draft: oddValue, version: oddValue, id: oddText },
      createdAt: fc.oneof(
        fc.date({ noInvalidDate: false }).map((date) => JSON.stringify(date)),
        fc.constantFrom(
          noon,
          '0000-01-01T00:00:00+23:59',
          '9999-12-31T23:59:59.999999999-23:59',
          '2023-02-29T00:00:00Z',
        ),
        oddValue,
      ),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);

describe('Whatever is sent', () => {
  const schemas = { post: NewPost, patch: PostChange, put: PostToImport };

  it.each<['post' | 'put' | 'patch', string]>([
    ['post', '/posts'],
    ['put', '/posts/there'],
    ['patch', '/posts/p1'],
  ])('to %s %s is stored unchanged or refused whole', async (method, path) => {
    const { send, stored } = await servePosts(life);
    await fc.assert(
      fc.asyncProperty(oddPost, async (post) => {
        const text = JSON.stringify(post);
        const before = stored();
        const { status, body } = await send(method, path, text);
        const wanted = schemas[method].safeParse(JSON.parse(text));
        if (!wanted.success || status >= 400) {
          // 409: the contract knows it, but not after what came before: the id is taken, or the post is published.
          expect(status).toBe(wanted.success && method !== 'post' ? 409 : 400);
          expect(stored()).toBe(before);
          return;
        }
        const read = await send('get', `/posts/${encodeURIComponent((body as { id: string }).id)}`);
        expect(read.body).toMatchObject(wanted.data);
      }),
      { numRuns: 150 },
    );
  });

  it('as a path, a query or a header is answered by the contract', async () => {
    const { send } = await servePosts(life);
    const header = fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((value) => value.trim());
    const asked = fc.record({
      method: fc.constantFrom<Method>('get', 'post', 'put', 'patch', 'delete'),
      path: fc.oneof(
        fc.constant('/posts'),
        oddText.map((id) => `/posts/${encodeURIComponent(id.toWellFormed())}`),
      ),
      query: fc.dictionary(
        fc.constantFrom('limit', 'cursor', 'drafts', 'x[y]'),
        oddText.map((text) => text.toWellFormed()),
      ),
      headers: fc.record<Headers>(
        {
          'If-Match': header,
          'If-None-Match': header,
          'Idempotency-Key': header,
          Authorization: header,
          Accept: header,
        },
        { requiredKeys: [] },
      ),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ method, path, query, headers }) => {
        const body = method === 'get' ? undefined : '{"title":"t"}';
        const { status } = await send(method, `${path}?${new URLSearchParams(query)}`, body, headers);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });

  it('as a place in a list is a list or a 400', async () => {
    const { send } = await servePosts(life);
    const cursor = fc
      .oneof(fc.tuple(oddText, oddText), fc.jsonValue())
      .map((place) => Buffer.from(JSON.stringify(place)).toString('base64url'));
    await fc.assert(
      fc.asyncProperty(cursor, async (place) => {
        expect([200, 400]).toContain((await send('get', `/posts?cursor=${place}`)).status);
      }),
    );
  });
});
