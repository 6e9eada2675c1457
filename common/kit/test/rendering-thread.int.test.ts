import { join } from 'node:path';
import { renderLimited, renderWithExcerpt } from '../src/markdown';
import { plainHtml } from '../src/plain-html';
import { renderOrShow, sparingly } from '../src/rendering';
import { createRenderingThread, type RenderingThreadOptions } from '../src/rendering-thread';
import { useTestLife } from './test-life';

const life = useTestLife();

/** A thread that does what its texts say. */
const startOdd = (options: RenderingThreadOptions = {}) =>
  life.closing(createRenderingThread({ file: join(__dirname, 'odd-renderer.cjs'), memoryMb: 32, ...options }));

const rejectedFor = (trouble: string) => ({ status: 'rejected', reason: { trouble } });
const fulfilledWith = (html: string) => ({ status: 'fulfilled', value: { html } });

describe('The thread that renders Markdown', () => {
  it('gives what rendering here gives', async () => {
    const execArgv = ['-r', join(__dirname, 'register-typescript.cjs')];
    const { full, limited } = life.closing(createRenderingThread({ execArgv }));
    const text = '# A\n\n*b* [c](https://example.org)\n\n```js\nlet a = 1\n```';
    expect(await full(text)).toEqual(renderWithExcerpt(text));
    expect(await limited(text)).toEqual(renderLimited(text));
  });

  it.each([
    ['takes too long', 'endless', 'time'],
    ['takes too much memory', 'greedy', 'memory'],
    ['makes it crash', 'crash', 'ended'],
    ['makes it exit', 'exit', 'ended'],
    ['it can not render', 'failing', 'error'],
  ])('rejects a text that %s, and renders the next one, while this process goes on', async (_what, text, trouble) => {
    const { full, limited } = startOdd({ limitMs: trouble === 'memory' ? 60_000 : 50 });
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const [odd, next] = await Promise.allSettled([full(text), limited('a')]);
    clearInterval(counting);
    expect(odd).toMatchObject(rejectedFor(trouble));
    expect(next).toMatchObject(fulfilledWith('A'));
    expect(turns).toBeGreaterThan(2);
  });

  it('survives any number of texts that end it', async () => {
    const { limited } = startOdd({ limitMs: 20 });
    const texts = ['endless', 'a', 'exit', 'crash', 'b', 'endless', 'c'];
    const all = await Promise.allSettled(texts.map((text) => limited(text)));
    expect(all.flatMap((one) => (one.status === 'fulfilled' ? one.value.html : []))).toEqual(['A', 'B', 'C']);
  });

  it('refuses at once what would have to wait behind too many', async () => {
    const { limited } = startOdd({ mostWaiting: 2 });
    const all = await Promise.allSettled(['a', 'b', 'c'].map(limited));
    expect(all).toMatchObject([fulfilledWith('A'), fulfilledWith('B'), rejectedFor('busy')]);
  });

  it('ends when it is idle, and starts again with the next text', async () => {
    const { limited } = startOdd({ idleMs: 0 });
    for (const text of ['a', 'b', 'c', 'd']) {
      expect(await limited(text)).toEqual({ html: text.toUpperCase() });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });

  it('rejects what waits when it is closed, and everything after that', async () => {
    const thread = startOdd();
    const waiting = ['endless', 'a'].map((text) => thread.limited(text));
    const settled = await Promise.allSettled([...waiting, thread.close().then(() => thread.limited('b'))]);
    for (const one of settled) expect(one).toMatchObject(rejectedFor('ended'));
  });

  it('that can not start rejects what waits, and does not try for ever', async () => {
    const { limited } = startOdd({ file: join(__dirname, 'no-such-file.cjs') });
    for (const one of await Promise.allSettled(['a', 'b'].map(limited)))
      expect(one).toMatchObject(rejectedFor('ended'));
  });

  it('is not asked for a text in which there is nothing to be parsed', async () => {
    const limited = jest.fn(() => Promise.resolve({ html: 'from the thread' }));
    const renderer = sparingly({ full: () => Promise.reject(new Error('no post')), limited });
    expect(await renderer.limited('A nice post, really.')).toEqual({ html: '<p>A nice post, really.</p>\n' });
    expect(limited).not.toHaveBeenCalled();
    expect(await renderer.limited('A *nice* post')).toEqual({ html: 'from the thread' });
  });
});

it('A text that can not be rendered now is shown as it was typed', async () => {
  const { full } = startOdd();
  expect(await renderOrShow(full, 'exit')).toEqual({ html: plainHtml('exit'), limit: 'ended', isMakeshift: true });
  expect(await renderOrShow(full, 'a')).toEqual({ html: 'A' });
});
