/** @jest-environment jsdom */
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { Comment } from '../src/features/comments/comment';
import { CommentsSection, type CommentsSectionProps } from '../src/features/comments/CommentsSection';
import { FakeEventSource, fakeNetwork, type FakeRequest } from './fake-browser';

const path = '/api/comments/posts/p/comments';
let requests: FakeRequest[];

function comment(id: string, more: Partial<Comment> = {}): Comment {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const text = { content: `text ${id}`, html: `<p>text ${id}</p>` };
  return { id, postId: 'p', author: 'Ines', ...text, status: 'approved', createdAt, version: 1, ...more };
}

const own = (id: string, more: Partial<Comment> = {}): Comment =>
  comment(id, { own: true, editableUntil: '2026-01-01T00:15:00.000Z', ...more });
const given = { postId: 'p', postVersion: 1, position: '7', action: '/posts/p/comments' };
const form = { typed: { author: '', content: '' }, key: 'k' };
const renderedAt = '2026-01-01T00:10:00.000Z';
const show = (comments: Comment[], props: Partial<CommentsSectionProps> = {}) =>
  render(<CommentsSection {...given} {...{ comments, form, renderedAt }} {...props} />);

const stream = () => FakeEventSource.opened.at(-1);
const lastRequest = () => requests.at(-1) as FakeRequest;
const texts = () => screen.queryAllByRole('article').map(({ textContent }) => textContent ?? '');
const click = (name: string) => fireEvent.click(screen.getByText(name));
const field = (label: string) => screen.getByLabelText<HTMLTextAreaElement>(label);
const type = (area: HTMLElement, text: string) => fireEvent.input(area, { target: { value: text } });

beforeEach(() => {
  requests = fakeNetwork();
  localStorage.clear();
});
afterEach(cleanup);

describe('A reply', () => {
  const reply = async (text: string) => {
    click('Reply');
    const [area] = screen.getAllByLabelText('Comment');
    type(area as HTMLElement, text);
    fireEvent.submit((area as HTMLTextAreaElement).form as HTMLFormElement);
    await waitFor(() => expect(lastRequest().body).toEqual({ content: text, parentId: 'a' }));
  };

  it('is typed in its place, shown there at once, and the focus goes to it and stays', async () => {
    show([comment('a')]);
    await reply('Indeed');
    expect(screen.queryByText('Reply to Ines')).toBeNull();
    const shown = () => screen.getByText('Indeed').closest('article');
    await waitFor(() => expect(document.activeElement).toBe(shown()));
    const stored = own('b', { content: 'Indeed', html: '<p>Indeed</p>', status: 'pending', parentId: 'a' });
    await act(async () => lastRequest().answer(201, [stored], { Location: '/x/b' }));
    expect(shown()?.id).toBe('c-b');
    expect(document.activeElement).toBe(shown());
    expect(shown()?.closest('ol ol')).toBeTruthy();
  });

  it('that fails goes back into a composer in the same place', async () => {
    show([comment('a')]);
    await reply('Indeed');
    await act(async () => lastRequest().answer(503, undefined));
    click('Edit');
    expect(screen.getByText('Reply to Ines')).toBeTruthy();
    expect(screen.getByDisplayValue('Indeed').closest('form')?.id).toBe('reply');
  });

  it('to an answer says whom it answers; to a comment that is gone stays, with a word in its place', () => {
    show([comment('a'), comment('b', { parentId: 'a', author: 'Bo' }), comment('c', { parentId: 'b' })]);
    expect(texts()[2]).toContain('in reply to Bo');
    act(() => stream()?.dispatch('comment-deleted', { id: 'a', postId: 'p' }, '8'));
    expect(screen.getByText('This comment is not here any more.')).toBeTruthy();
    expect(texts()).toHaveLength(2);
  });
});

describe("Changing one's own comment", () => {
  it('is done in its place, and it is pending again', async () => {
    show([own('a')]);
    click('Edit');
    expect(field('Your comment').value).toBe('text a');
    type(field('Your comment'), 'better');
    click('Save');
    expect(lastRequest()).toMatchObject({ path: `${path}/a`, method: 'PATCH', body: { content: 'better' } });
    const changed = own('a', { content: 'better', html: '<p>better</p>', status: 'pending', version: 2 });
    await act(async () => lastRequest().answer(200, { ...changed, editedAt: renderedAt }));
    expect(texts()).toEqual([expect.stringMatching(/edited.*better.*Awaiting moderation/)]);
  });

  it('keeps what was typed when it fails, and over a reload', async () => {
    const first = show([own('a')]);
    click('Edit');
    type(field('Your comment'), 'better');
    click('Save');
    await act(async () => lastRequest().answer(403, { detail: 'Its author may edit it for 15 minutes only.' }));
    expect(screen.getByRole('alert').textContent).toContain('15 minutes');
    first.unmount();
    show([own('a')]);
    click('Edit');
    expect(field('Your comment').value).toBe('better');
  });

  it('is not offered once its time is over, nor to others', () => {
    show([own('a', { editableUntil: '2026-01-01T00:09:59.000Z' }), comment('b')]);
    expect(screen.queryByText('Edit')).toBeNull();
    expect(screen.getAllByText('Delete')).toHaveLength(1);
  });
});

describe("Deleting one's own comment", () => {
  it('asks first', async () => {
    show([own('a')]);
    click('Delete');
    expect(requests).toEqual([]);
    click('Keep it');
    expect(texts()).toHaveLength(1);
    click('Delete');
    click('Delete it');
    expect(lastRequest()).toMatchObject({ path: `${path}/a`, method: 'DELETE' });
    await act(async () => lastRequest().answer(204, undefined));
    expect(texts()).toEqual([]);
    expect(screen.getByRole('status').textContent).toContain('Your comment was deleted.');
    await waitFor(() => expect(document.activeElement?.id).toBe('comments'));
  });
});

describe('A preview', () => {
  it('is made by the server, and goes when the text changes', async () => {
    show([]);
    type(field('Comment'), '*so*');
    click('Preview');
    expect(lastRequest()).toMatchObject({ path: '/preview', body: { kind: 'comment', markdown: '*so*' } });
    await act(async () => lastRequest().answer(200, { html: '<p><em>so</em></p>' }));
    expect(document.querySelector('em')?.textContent).toBe('so');
    type(field('Comment'), '*so');
    expect(document.querySelector('em')).toBeNull();
  });
});

describe('What becomes of the post meanwhile', () => {
  it('is said beside the page: a newer version to be shown, its own version not', () => {
    show([]);
    act(() => stream()?.dispatch('post', { id: 'p', version: 1, commentCount: 3 }, '8'));
    expect(screen.queryByRole('link', { name: /was changed/ })).toBeNull();
    act(() => stream()?.dispatch('post', { id: 'p', version: 2 }, '9'));
    expect(screen.getByRole('link', { name: /was changed/ })).toBeTruthy();
  });

  it('closes the comments where it was deleted', () => {
    show([comment('a')]);
    act(() => stream()?.dispatch('post-deleted', { id: 'p' }, '8'));
    expect(screen.getByRole('alert').textContent).toContain('was deleted');
    expect(screen.queryByLabelText('Comment')).toBeNull();
    expect(screen.queryByText('Reply')).toBeNull();
  });
});
