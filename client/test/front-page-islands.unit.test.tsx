/** @jest-environment jsdom */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { NewPostsPill } from '../src/features/posts/NewPostsPill';
import { WritePost } from '../src/features/posts/WritePost';
import { FakeEventSource, fakeNetwork, type FakeRequest } from './fake-browser';

let requests: FakeRequest[];
beforeEach(() => {
  requests = fakeNetwork();
  localStorage.clear();
});
afterEach(cleanup);

describe('The pill of new posts', () => {
  const newest = '2026-01-02T00:00:00Z';
  const known = ['a'];
  const stream = () => FakeEventSource.opened.at(-1);
  const show = (position?: string) => render(<NewPostsPill known={known} newest={newest} position={position} />);

  it('counts each new post once, and leads to the list', () => {
    show('1');
    expect(screen.queryByRole('link')).toBeNull();
    act(() => stream()?.dispatch('post', { id: 'b', createdAt: '2026-01-03T00:00:00Z' }, '2'));
    expect(screen.getByRole('link', { name: '1 new post' }).getAttribute('href')).toBe('/');
    act(() => stream()?.dispatch('post', { id: 'b', createdAt: '2026-01-03T00:00:00Z' }, '3'));
    act(() => stream()?.dispatch('post', { id: 'c', createdAt: '2026-01-04T00:00:00Z' }, '4'));
    expect(screen.getByRole('link', { name: '2 new posts' })).toBeTruthy();
  });

  it('does not count a change of a post on this page, nor of an older one', () => {
    show('1');
    act(() => stream()?.dispatch('post', { id: 'a', createdAt: newest }, '2'));
    act(() => stream()?.dispatch('post', { id: 'old', createdAt: '2025-01-01T00:00:00Z' }, '3'));
    expect(screen.queryByRole('link')).toBeNull();
  });

  it('finds what came while nobody listened', async () => {
    show();
    act(() => stream()?.dispatch('open'));
    const posts = { a: { id: 'a', createdAt: newest }, b: { id: 'b', createdAt: '2026-01-03T00:00:00Z' } };
    await act(async () => requests[0]?.answer(200, posts));
    expect(screen.getByRole('link', { name: '1 new post' })).toBeTruthy();
  });
});

describe('The form for a post', () => {
  const goTo = jest.fn();
  beforeEach(() => goTo.mockClear());
  const show = () => render(<WritePost typed={{ title: '', body: '' }} postKey="k1" goTo={goTo} />);
  const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
  const type = (label: string, value: string) => fireEvent.input(field(label), { target: { value } });
  const submit = () => fireEvent.submit(field('Title').form as HTMLFormElement);

  it('stores the post and leads to it', async () => {
    show();
    type('Title', 'Hello there');
    type('Text', 'words');
    submit();
    expect(requests[0]).toMatchObject({
      path: '/api/posts/posts',
      body: { title: 'Hello there', body: 'words' },
      key: 'k1',
    });
    expect(screen.getByRole<HTMLButtonElement>('button', { hidden: true }).disabled).toBe(true);
    await act(async () => requests[0]?.answer(201, { id: 'p1', title: 'Hello there' }));
    expect(goTo).toHaveBeenCalledWith('/posts/p1/hello-there');
    expect(localStorage.length).toBe(0);
  });

  it('keeps what was typed over failures and a reload, opened', async () => {
    const first = show();
    type('Title', 'Kept');
    submit();
    await act(async () => requests[0]?.answer(503, undefined));
    expect(screen.getByRole('alert', { hidden: true }).textContent).toContain('Not published. The service is away');
    first.unmount();
    show();
    expect(field('Title').value).toBe('Kept');
    expect(field('Title').closest('details')?.open).toBe(true);
  });

  it('says what is wrong with which field', async () => {
    show();
    type('Title', ' ');
    submit();
    await act(async () => requests[0]?.answer(400, { errors: [{ path: 'title', message: 'must not be empty' }] }));
    expect(field('Title').getAttribute('aria-describedby')).toBe('post-title-fault');
    expect(document.getElementById('post-title-fault')?.textContent).toContain('must not be empty');
    expect(goTo).not.toHaveBeenCalled();
  });

  it('sends the same text again under the same key, another text under another', async () => {
    show();
    type('Title', 'A');
    for (const title of ['A', 'A', 'B']) {
      type('Title', title);
      submit();
      await act(async () => requests.at(-1)?.fail());
    }
    const keys = requests.map(({ key }) => key);
    expect(keys[1]).toBe('k1');
    expect(keys[0]).toBe('k1');
    expect(keys[2]).toMatch(/^[0-9a-f]{32}$/);
  });
});
