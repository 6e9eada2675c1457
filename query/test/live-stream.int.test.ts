import request from 'supertest';
import { eventually } from '../../common/kit/test/eventually';
import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import {
  commentCreated,
  commentDeleted,
  commentUpdated,
  noon,
  postCreated,
  postDeleted,
  startQuery,
} from './query-service';
import { serveQueryFor } from './served-query';
import type { StreamReader } from './stream-reader';

const life = useTestLife();

const serveQuery = () => serveQueryFor(life);

const idsIn = (reader: StreamReader) => reader.messages().map(({ id }) => Number(id));

describe('GET /stream', () => {
  it('tells of each change of a post or comment, in the form of the lists', async () => {
    const { open, push } = await serveQuery();
    const reader = await open();
    expect(reader.res.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    await push(postCreated('p1', { body: 'Hi' }), commentCreated('c1'));
    await push(commentUpdated('c1'));
    await eventually(() => expect(reader.messages()).toHaveLength(3));
    expect(reader.messages().map(({ id, event }) => ({ id, event }))).toEqual([
      { id: '1', event: 'post' },
      { id: '2', event: 'comment' },
      { id: '3', event: 'comment' },
    ]);
    expect(reader.messages()[0]?.data).toEqual({
      id: 'p1',
      title: 'Title of p1',
      excerpt: 'Hi',
      tags: [],
      createdAt: noon,
      updatedAt: noon,
      version: 1,
      commentCount: 0,
    });
    expect(reader.messages()[2]?.data).toEqual({
      id: 'c1',
      postId: 'p1',
      author: '',
      content: 'Nice',
      html: '<p>Nice</p>\n',
      status: 'approved',
      createdAt: noon,
      version: 2,
    });
  });

  it('never tells the text of a comment that is not approved, nor the name of its author', async () => {
    const { open, push } = await serveQuery();
    const reader = await open();
    await push(postCreated('p1'), commentCreated('c1', { content: 'Secret', author: 'Casino' }));
    await push(commentUpdated('c1', { content: 'Secret', author: 'Casino', status: 'rejected' }));
    await eventually(() => expect(reader.messages()).toHaveLength(3));
    expect(reader.text()).not.toMatch(/Secret|Casino/);
  });

  it('says at once where it stands, so that a reconnecting browser misses nothing', async () => {
    const { open, push } = await serveQuery();
    await push(postCreated('p1'));
    const reader = await open();
    await eventually(() => expect(reader.text()).toBe('retry: 1000\nid: 1\n\n'));
  });

  it.each<[string, string, Record<string, string>]>([
    ['Last-Event-ID', '', { 'Last-Event-ID': '1' }],
    ['the position of an answer', '?after=1', {}],
    ['Last-Event-ID rather than the position of an answer', '?after=3', { 'Last-Event-ID': '1' }],
    ['the position of an answer, where Last-Event-ID is nonsense', '?after=1', { 'Last-Event-ID': 'x' }],
  ])('goes on after %s', async (_what, search, headers) => {
    const { open, push } = await serveQuery();
    await push(postCreated('p1'), commentCreated('c1'), commentCreated('c2'));
    const reader = await open(search, headers);
    await push(commentCreated('c3'));
    await eventually(() => expect(idsIn(reader)).toEqual([2, 3, 4]));
  });

  it('leaves out other posts where one is asked for', async () => {
    const { open, push } = await serveQuery();
    const reader = await open('?post=p1');
    await push(postCreated('p1'), postCreated('p2'), commentCreated('c2', { postId: 'p2' }), commentCreated('c1'));
    await eventually(() => expect(idsIn(reader)).toEqual([1, 4]));
  });

  it('tells what was deleted, also to whoever was away when it was', async () => {
    const { open, push } = await serveQuery();
    const reader = await open('?after=0');
    await push(postCreated('p1'), postCreated('p2'), commentUpdated('c1'), commentUpdated('c2'));
    await push(commentDeleted('c1'), postDeleted('p1'), postDeleted('p2'));
    const told = (one: StreamReader) => one.messages().map(({ event, data }) => ({ event, ...(data as object) }));
    await eventually(() =>
      expect(told(reader).slice(4)).toEqual([
        { event: 'comment-deleted', id: 'c1', postId: 'p1' },
        { event: 'post-deleted', id: 'p1' },
        { event: 'post-deleted', id: 'p2' },
      ]),
    );
    const late = await open('?after=0');
    await eventually(() =>
      expect(told(late)).toEqual([
        { event: 'post-deleted', id: 'p1' },
        { event: 'post-deleted', id: 'p2' },
        { event: 'comment-deleted', id: 'c1', postId: 'p1' },
        { event: 'comment-deleted', id: 'c2', postId: 'p1' },
        { event: 'comment-deleted', id: 'c1', postId: 'p1' },
        { event: 'post-deleted', id: 'p1' },
        { event: 'post-deleted', id: 'p2' },
      ]),
    );
  });

  it('does not stall behind pages of changes whose posts and comments are all gone', async () => {
    const { open, push } = await serveQuery();
    const ids = Array.from({ length: 150 }, (_, index) => `c${index}`);
    await push(postCreated('p1'), ...ids.map((id) => commentCreated(id)), postDeleted('p1'), postCreated('p2'));
    const reader = await open('?after=0');
    await eventually(() => expect(reader.messages().at(-1)).toMatchObject({ event: 'post', data: { id: 'p2' } }));
    expect(idsIn(reader)).toEqual(Array.from({ length: 153 }, (_, index) => index + 1));
  });

  it.each([
    ['too old', '1'],
    ['from the future', '99'],
    ['none of this stream', 'x'],
  ])('tells a reader whose place is %s to load again, and goes on from there', async (_what, lastEventId) => {
    const { open, push, file } = await serveQuery();
    await push(postCreated('p1'), postCreated('p2'), postCreated('p3'));
    const raw = openRaw(file);
    raw.exec('DELETE FROM changes WHERE number < 3');
    raw.close();
    const reader = await open('', { 'Last-Event-ID': lastEventId });
    await eventually(() => expect(reader.messages()).toEqual([{ id: '3', event: 'reset', data: {} }]));
    await push(postCreated('p4'));
    await eventually(() => expect(idsIn(reader)).toEqual([3, 4]));
  });

  it.each(['?after=-1', '?after=x', '?after=1.5', `?post=${'x'.repeat(129)}`])('refuses %s', async (search) => {
    const { status, headers } = await request(startQuery(life).app).get(`/stream${search}`);
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 400,
      type: 'application/problem+json; charset=utf-8',
    });
  });

  it('answers HEAD and ends', async () => {
    const { server } = await serveQuery();
    const { status, headers } = await request(server.url).head('/stream').timeout(2_000);
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'text/event-stream' });
  });
});
