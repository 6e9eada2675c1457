import { FileInUse } from '@blog/kit/file-lock';
import { type Logger, openWhenFree } from '../src';

/** What is opened is in use for so many tries. */
function setUp(triesInUse: number) {
  const said: string[] = [];
  const note = (_fields: unknown, text?: string): void => void said.push(text ?? String(_fields));
  const logger = { warn: note, info: note } as unknown as Logger;
  const stopping = new AbortController();
  const open = jest.fn(() => {
    if (open.mock.calls.length <= triesInUse) throw new FileInUse('/data/a.db');
    return 'opened';
  });
  return { open, said, stopping, parts: { logger, lifecycle: { closing: stopping.signal } } };
}

describe('openWhenFree', () => {
  it('opens at once what is free, and says nothing', async () => {
    const { open, said, parts } = setUp(0);
    expect(await openWhenFree(open, parts)).toBe('opened');
    expect({ tries: open.mock.calls.length, said }).toEqual({ tries: 1, said: [] });
  });

  it('waits while another process works on the file, and says so once', async () => {
    const { open, said, parts } = setUp(3);
    expect(await openWhenFree(open, parts)).toBe('opened');
    expect(open).toHaveBeenCalledTimes(4);
    expect(said).toEqual([
      'another process works on the same file: this one waits until that has ended',
      'the other process has ended: this one goes on',
    ]);
  });

  it('ends with an AbortError when the process is told to end meanwhile, and opens nothing any more', async () => {
    const { open, stopping, parts } = setUp(Infinity);
    const opening = openWhenFree(open, parts);
    stopping.abort();
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
    const { length } = open.mock.calls;
    await expect(openWhenFree(open, parts)).rejects.toMatchObject({ name: 'AbortError' });
    expect(open).toHaveBeenCalledTimes(length);
  });

  it('fails at once where something else is wrong', async () => {
    const { parts } = setUp(0);
    await expect(openWhenFree(() => Promise.reject(new Error('damaged')), parts)).rejects.toThrow('damaged');
  });
});
