import fc from 'fast-check';
import request from 'supertest';
import { classicEvent } from '../../common/contract/test/classic-facts';
import { useTestLife } from '../../common/kit/test/test-life';
import { commentUpdated, postCreated, startQuery } from './query-service';

const life = useTestLife();

describe('Events of classic services', () => {
  it('are taken by the read model whatever they leave out or add, and it can be read then', async () => {
    const { app, push } = startQuery(life);
    await fc.assert(
      fc.asyncProperty(fc.array(classicEvent, { minLength: 1, maxLength: 5 }), async (events) => {
        await push(...events);
      }),
      { numRuns: 150 },
    );
    for (const path of ['/posts', '/posts?q=orange', '/tags', '/feed.atom', '/feed.json', '/sitemap.xml']) {
      await request(app).get(path).expect(200);
    }
  }, 60_000);

  it('without a title or text are shown as they are, and feeds name a post without a title', async () => {
    const { app, push } = startQuery(life);
    await push({ type: 'PostCreated', data: { id: 7 } }, commentUpdated('c1', { postId: 7, content: undefined }));
    await push(postCreated('p2', { title: ' ' }));
    const { body } = await request(app).get('/posts').expect(200);
    expect(body).toMatchObject({
      7: { id: '7', title: '', comments: [{ id: 'c1', content: '', status: 'approved' }] },
    });
    expect((await request(app).get('/feed.json')).body.items.map(({ title }: { title: string }) => title)).toEqual([
      'Untitled',
      'Untitled',
    ]);
    expect((await request(app).get('/feed.atom')).text).toContain('<title>Untitled</title>');
  });
});
