/** @jest-environment jsdom */
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { Comment } from '../src/features/comments/comment';
import { CommentsSection, type CommentsSectionProps } from '../src/features/comments/CommentsSection';
import { FakeEventSource, fakeNetwork, type FakeRequest } from './fake-browser';

const form = { typed: { author: '', content: '' }, key: 'k' };
const pendingText = 'Awaiting moderation, only you can see this';
const path = '/api/comments/posts/p/comments';
let requests: FakeRequest[];

function comment(id: string, more: Partial<Comment> = {}): Comment {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const text = { content: `text ${id}`, html: '' };
  return { id, postId: 'p', author: 'Ines', ...text, status: 'approved', createdAt, version: 1, ...more };
}

const given = { postId: 'p', postVersion: 1, comments: [], form, position: '7', action: '/posts/p/comments' };
const now = '2026-01-01T00:10:00.000Z';

function show(props: Partial<CommentsSectionProps> = {}) {
  return render(<CommentsSection {...given} renderedAt={now} {...props} />);
}

const textarea = () => screen.getByLabelText<HTMLTextAreaElement>('Comment');
const stream = () => FakeEventSource.opened.at(-1);
const type = (text: string) => fireEvent.input(textarea(), { target: { value: text } });
const press = () => fireEvent.keyDown(textarea(), { key: 'Enter', ctrlKey: true });
const lastRequest = () => requests.at(-1);
const texts = () => screen.queryAllByRole('article').map(({ textContent }) => textContent ?? '');

async function write(text: string): Promise<FakeRequest> {
  type(text);
  press();
  await waitFor(() => expect(lastRequest()?.body).toMatchObject({ content: text }));
  return lastRequest() as FakeRequest;
}

/** The answer of the service to the comment just sent. */
async function store(request: FakeRequest, own: Comment): Promise<void> {
  await act(async () => request.answer(201, [own], { Location: `/api/comments/posts/p/comments/${own.id}` }));
}

beforeEach(() => {
  requests = fakeNetwork();
  localStorage.clear();
  HTMLFormElement.prototype.requestSubmit = function requestSubmit() {
    fireEvent.submit(this);
  };
});
afterEach(cleanup);

describe("One's own comment", () => {
  it('is there at once, sending; then pending; then approved, which is said politely', async () => {
    show();
    const request = await write('Hello');
    expect(request).toMatchObject({ path, method: 'POST' });
    expect(texts()).toEqual([expect.stringMatching(/Hello.*Sending…/)]);
    expect(textarea().value).toBe('');
    await store(request, comment('c1', { content: 'Hello', status: 'pending', own: true }));
    expect(texts()).toEqual([expect.stringContaining(pendingText)]);
    act(() => stream()?.dispatch('comment', comment('c1', { content: 'Hello', version: 2 }), '8'));
    expect(texts()).toEqual([expect.stringMatching(/Hello.*Approved/)]);
    expect(screen.getByRole('status').textContent).toContain('Your comment was approved.');
    expect(screen.getByRole('heading', { name: '1 comment' })).toBeTruthy();
  });

  it('keeps its text when it is rejected, and the reason is asked for', async () => {
    show({ comments: [comment('c1', { status: 'pending', own: true })] });
    act(() => stream()?.dispatch('comment', comment('c1', { status: 'rejected', content: '', version: 2 }), '8'));
    expect(texts()).toEqual([expect.stringMatching(/text c1.*Not published, only you can see this/)]);
    const own = comment('c1', { status: 'rejected', version: 2, own: true, reason: 'it mentions “orange”' });
    expect(lastRequest()).toMatchObject({ path, method: 'GET' });
    await act(async () => lastRequest()?.answer(200, [own]));
    expect(texts()).toEqual([expect.stringContaining('Reason: it mentions “orange”')]);
  });

  it('keeps its text when it fails, and is sent again under the same key', async () => {
    show();
    const request = await write('Hello');
    await act(async () => request.answer(503, { title: 'Service Unavailable' }));
    expect(texts()).toEqual([expect.stringMatching(/Hello.*Not sent: The service is away/)]);
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(texts()).toEqual([expect.stringContaining('Sending…')]);
    expect(lastRequest()).toMatchObject({ body: { content: 'Hello' }, key: request.key });
    await store(lastRequest() as FakeRequest, comment('c1', { content: 'Hello', status: 'pending', own: true }));
    expect(texts()).toEqual([expect.stringContaining(pendingText)]);
  });

  it('says which field is at fault, and can be edited', async () => {
    show();
    const request = await write('Too much');
    const errors = [{ path: 'content', message: 'must be at most 10000 characters' }];
    await act(async () => request.answer(400, { status: 400, errors }));
    expect(texts()).toEqual([expect.stringContaining('content must be at most 10000 characters')]);
    type('and more');
    fireEvent.click(screen.getByRole('button', { name: 'Edit' }));
    expect(texts()).toEqual([]);
    expect(textarea().value).toBe('Too much\n\nand more');
  });

  it('survives going offline and a reload, until it is stored', async () => {
    const first = show();
    const request = await write('From a train');
    await act(async () => request.fail());
    first.unmount();
    show();
    expect(texts()).toEqual([expect.stringMatching(/From a train.*Not sent/)]);
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await store(lastRequest() as FakeRequest, comment('c1', { content: 'From a train', status: 'pending', own: true }));
    cleanup();
    show();
    expect(texts()).toEqual([]);
  });

  it('is not offered again when it has arrived although its answer was lost', async () => {
    const first = show();
    await write('Hello');
    first.unmount();
    show({ comments: [comment('c1', { content: 'Hello', status: 'pending', own: true })] });
    expect(texts()).toEqual([expect.stringContaining(pendingText)]);
  });
});

describe('What is typed', () => {
  it('survives a reload, and is gone once it is sent', async () => {
    const first = show();
    type('Half a thought');
    first.unmount();
    const second = show();
    expect(textarea().value).toBe('Half a thought');
    await store(await write('Half a thought'), comment('c1', { own: true }));
    second.unmount();
    show();
    expect(textarea().value).toBe('');
  });

  it('is not replaced by an older draft when the server gives it back', () => {
    localStorage.setItem('draft:p', JSON.stringify({ author: '', content: 'older' }));
    show({ form: { ...form, typed: { author: '', content: 'refused text' } } });
    expect(textarea().value).toBe('refused text');
  });

  it('is not sent while it is empty', () => {
    show();
    type('   ');
    press();
    expect(requests).toEqual([]);
  });
});

describe("Others' comments", () => {
  it('wait behind a button, and nothing is inserted until it is pressed', () => {
    show({ comments: [comment('c1')] });
    act(() => {
      stream()?.dispatch('comment', comment('c2'), '8');
      stream()?.dispatch('comment', comment('c3'), '9');
      stream()?.dispatch('comment', comment('c3'), '9');
    });
    expect(texts()).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: '2 new comments' }));
    expect(texts()).toHaveLength(3);
    expect(screen.queryByRole('button', { name: /new comment/ })).toBeNull();
  });

  it('are counted together with those that the page does not hold', () => {
    show({ comments: [comment('c1')], commentCount: 140, earlier: '/posts/p?comments=x#comments' });
    expect(screen.getByRole('heading', { name: '140 comments' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Earlier comments' })).toBeTruthy();
  });
});

describe('While the stream is down', () => {
  it('what is there stays, marked; and what is missed is asked for where the stream can not tell', async () => {
    show({ comments: [comment('c1')], position: undefined });
    act(() => stream()?.dispatch('error'));
    expect(screen.getByText('Reconnecting…')).toBeTruthy();
    expect(texts()).toHaveLength(1);
    act(() => stream()?.dispatch('open'));
    expect(screen.queryByText('Reconnecting…')).toBeNull();
    expect(lastRequest()?.path).toBe('/api/query/posts/p');
    await act(async () => lastRequest()?.answer(200, { comments: [comment('c1'), comment('c2')] }));
    expect(screen.getByRole('button', { name: '1 new comment' })).toBeTruthy();
  });

  it('an older answer that stands in for query’s takes back nothing that was heard since', async () => {
    show({ comments: [comment('c1')], position: undefined });
    act(() => stream()?.dispatch('open'));
    const stale = { Warning: '110 - "Response is Stale"' };
    await act(async () => lastRequest()?.answer(200, { comments: [] }, stale));
    expect(texts()).toHaveLength(1);
  });
});
