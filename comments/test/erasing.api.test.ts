import request from 'supertest';
import { filesWith } from '../../common/kit/test/files-with';
import { openRaw, outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { push, read, startComments, verdict, write } from './comments-service';

const life = useTestLife();
const secretText = 'Words that occur nowhere else';
type Comments = ReturnType<typeof startComments>;

async function erase({ app, bearer }: Comments, path: string, status = 202) {
  const answer = request(app)
    .post(path)
    .set('Authorization', await bearer('moderator'));
  return (await answer.expect(status)).body as { comments: object[]; events: string[] };
}

const postErased = { type: 'PostErased', id: 'e-p1', data: { id: 'p1' } };
const commentErased = { type: 'CommentErased', id: 'e-c1', data: { id: 'c1', postId: 'p1' } };

describe('A comment that a moderator erases', () => {
  it('is gone, its waiting events too, and one event tells the others', async () => {
    const comments = startComments(life);
    await write(comments.app, secretText);
    await write(comments.app, 'Stays');
    const { comments: erased, events } = await erase(comments, '/posts/p1/comments/c1/erasure');
    expect(erased).toEqual([{ id: 'c1', postId: 'p1' }]);
    expect(await read(comments.app)).toHaveLength(1);
    expect(outboxOf(comments.file)).toMatchObject([
      { type: 'CommentCreated', subject: 'c2' },
      { type: 'CommentErased', subject: 'c1', partitionkey: 'p1', erases: 'c1', id: events[0] },
    ]);
    await push(comments.app, commentErased);
    expect(filesWith(comments.file, secretText)).toEqual([]);
  });

  it('stays gone: a verdict that comes late is not kept, and no import brings it back', async () => {
    const comments = startComments(life);
    await write(comments.app, secretText);
    await erase(comments, '/posts/p1/comments/c1/erasure');
    await push(comments.app, verdict('c1', { content: secretText, revision: 1 }));
    const json = { content: secretText, author: '', status: 'approved', createdAt: '2026-01-01T00:00:00.000Z' };
    const again = request(comments.app).put('/posts/p1/comments/c1').send(json);
    await again.set('Authorization', await comments.bearer('moderator')).expect(409);
    await push(comments.app, commentErased);
    expect(filesWith(comments.file, secretText)).toEqual([]);
  });

  it('can be erased again, and when it was deleted before; one that nobody knows is 404', async () => {
    const comments = startComments(life);
    await write(comments.app, secretText);
    await erase(comments, '/posts/p1/comments/c1/erasure');
    expect((await erase(comments, '/posts/p1/comments/c1/erasure')).events).toHaveLength(1);
    await erase(comments, '/posts/p1/comments/other/erasure', 404);
    expect((await erase(comments, '/posts/p1/comments/other/erasure?gone=true')).comments).toHaveLength(1);
  });

  it.each([[[]], [['author']]] as const)('is erased by nobody with the roles %j', async (roles) => {
    const { app, bearer } = startComments(life);
    await write(app, 'Stays');
    for (const path of ['/posts/p1/comments/c1/erasure', '/authors/c1/erasure']) {
      await request(app)
        .post(path)
        .set('Authorization', await bearer(...roles))
        .expect(403);
    }
    expect(await read(app)).toHaveLength(1);
  });

  it('names a parameter that is wrong', async () => {
    const comments = startComments(life);
    const { errors } = (await erase(comments, '/posts/p1/comments/c1/erasure?of=all', 400)) as unknown as {
      errors: object[];
    };
    expect(errors).toEqual([{ path: 'of', message: 'must be comment or author' }]);
  });
});

describe('An author whom a moderator erases', () => {
  it.each(['/posts/p1/comments/c1/erasure?of=author', '/authors/c1/erasure'])(
    'loses all that came from one browser, below every post, by %s',
    async (path) => {
      const comments = startComments(life);
      const token = await write(comments.app, 'First');
      for (const post of ['p1', 'p2']) {
        await request(comments.app)
          .post(`/posts/${post}/comments`)
          .set('Comment-Token', token)
          .send({ content: 'Another' });
      }
      await write(comments.app, 'By others');
      const { comments: erased } = await erase(comments, path);
      expect(erased).toHaveLength(3);
      expect(await read(comments.app)).toMatchObject([{ id: 'c4' }]);
      expect(await read(comments.app, '', '/posts/p2/comments')).toEqual([]);
    },
  );

  it('of whom nothing is known is 404', async () => {
    await erase(startComments(life), '/authors/nobody/erasure', 404);
  });
});

describe('A post that is erased', () => {
  it('takes its comments, early verdicts and waiting events along, and no event tells of each', async () => {
    const { app, file } = startComments(life);
    await write(app, secretText);
    await push(app, verdict('early', { content: secretText, revision: 1 }));
    await push(app, postErased);
    expect(await read(app)).toEqual([]);
    expect(outboxOf(file)).toEqual([]);
    expect(filesWith(file, secretText)).toEqual([]);
    await request(app).post('/posts/p1/comments').send({ content: 'Late' }).expect(404);
    await push(app, verdict('late', { content: secretText, revision: 1 }));
    expect(filesWith(file, secretText)).toEqual([]);
  });
});

describe('An erasure', () => {
  it('is not done while somebody reads the files that still hold the text', async () => {
    const { app, file } = startComments(life);
    await write(app, secretText);
    const reader = life.closing(openRaw(file));
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM comments').get();
    await request(app).post('/events').send(commentErased).expect(503);
    expect(await read(app)).toEqual([]);
    reader.exec('COMMIT');
    await push(app, commentErased);
    expect(filesWith(file, secretText)).toEqual([]);
  });

  it('leaves events that were erased in the log without effect', async () => {
    const { app } = startComments(life);
    await write(app, 'Stays');
    await push(app, { ...verdict('c1', { status: 'rejected', revision: 1 }), erased: true });
    expect(await read(app)).toMatchObject([{ status: 'pending' }]);
  });
});
