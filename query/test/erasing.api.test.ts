import request from 'supertest';
import { filesWith } from '../../common/kit/test/files-with';
import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { commentCreated, commentUpdated, dumpOf, postCreated, startQuery } from './query-service';

const life = useTestLife();
const words = 'Xylophonic words that occur nowhere else';
const name = 'Zdenka Unlikely';

const commentErased = (id: string) => ({ type: 'CommentErased', data: { id, postId: 'p1' } });
const postErased = (id: string) => ({ type: 'PostErased', data: { id } });

async function aFilledQuery() {
  const query = startQuery(life);
  await query.push(
    postCreated('p1', { title: 'Kept', version: 1 }),
    postCreated('p2', { title: words, body: words, version: 1 }),
    commentUpdated('c1', { content: words, author: name, version: 2 }),
    commentUpdated('c2', { version: 2 }),
  );
  return query;
}

describe('An erased comment', () => {
  it('is gone from all files with the name of its author, and from the page of its post', async () => {
    const { app, push, file } = await aFilledQuery();
    await push(postErased('p2'), commentErased('c1'));
    expect(filesWith(file, words, name)).toEqual([]);
    const { body } = (await request(app).get('/posts/p1')) as { body: { comments: { id: string }[] } };
    expect(body.comments.map(({ id }) => id)).toEqual(['c2']);
  });

  it('stays gone, whatever comes late', async () => {
    const { push, file } = await aFilledQuery();
    await push(commentErased('c1'));
    const before = dumpOf(file);
    await push(commentUpdated('c1', { content: words, author: name, version: 9 }), commentErased('c1'));
    expect(dumpOf(file)).toBe(before);
  });

  it('leaves the same as a log in which its events were erased', async () => {
    const told = startQuery(life);
    await told.push(postCreated('p1', { version: 1 }), commentUpdated('c1', { content: words, version: 2 }));
    await told.push(commentErased('c1'));
    const pages = async ({ app }: typeof told) => [
      (await request(app).get('/posts')).body as unknown,
      (await request(app).get('/posts/p1')).body as unknown,
    ];
    const before = await pages(told);
    await told.push(
      { ...commentCreated('c1', { content: '', author: '', status: 'rejected', version: 1 }), erased: true },
      { ...postCreated('p9', { title: '', version: 1 }), erased: true },
      commentErased('c1'),
      postErased('p9'),
    );
    expect(await pages(told)).toEqual(before);
  });
});

describe('An erased post', () => {
  it('leaves the index of words, also where it was deleted long before', async () => {
    const { app, push, file } = await aFilledQuery();
    expect((await request(app).get('/posts?q=xylophonic')).body).toHaveProperty('p2');
    await push({ type: 'PostDeleted', data: { id: 'p2', version: 2 } });
    await push(postErased('p2'), commentErased('c1'));
    expect((await request(app).get('/posts?q=xylophonic')).body).toEqual({});
    expect(filesWith(file, words, 'xylophonic', 'Xylophonic')).toEqual([]);
  });
});

describe('An erasure', () => {
  it('is not done while somebody reads the files that still hold the text', async () => {
    const { app, push, file } = await aFilledQuery();
    const reader = life.closing(openRaw(file));
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM comments').get();
    await request(app).post('/events').send(commentErased('c1')).expect(503);
    reader.exec('COMMIT');
    await push(commentErased('c1'), postErased('p2'));
    expect(filesWith(file, words, name)).toEqual([]);
  });
});
