import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import { postCreated, postDeleted, postUpdated, startQuery } from './query-service';

const life = useTestLife();

describe('GET /moved', () => {
  it('gives the post that was at a path, however the path is written', async () => {
    const query = startQuery(life);
    const moved = (path: string) => request(query.app).get(`/moved?${new URLSearchParams({ path })}`);
    await query.push(
      postCreated('p1', { title: 'Hello', version: 1, formerPaths: ['/2016/05/hello/', '/gr%C3%BC%C3%9Fe'] }),
      postCreated('p2', { title: 'Other', version: 1 }),
    );
    for (const path of ['/2016/05/hello/', '/2016/05/hello', '/2016/05/hello/index.html', '/grüße/']) {
      expect((await moved(path).expect(200)).body).toEqual({ id: 'p1', title: 'Hello' });
    }
    await moved('/2016/05/').expect(404);
    await request(query.app).get('/moved').expect(400);

    await query.push(postUpdated('p1', { title: 'Hello', version: 2, formerPaths: ['/2016/05/hello/'] }));
    await moved('/grüße').expect(404);
    await query.push(postDeleted('p1', { version: 3 }));
    await moved('/2016/05/hello/').expect(404);
  });

  it('does without the paths of an event whose paths can not be', async () => {
    const query = startQuery(life);
    await query.push(postCreated('p1', { title: 'Hello', formerPaths: ['//evil.example/x'] as string[] }));
    expect((await request(query.app).get('/posts/p1').expect(200)).body).not.toHaveProperty('formerPaths');
    await request(query.app).get('/moved?path=//evil.example/x').expect(404);
  });
});
