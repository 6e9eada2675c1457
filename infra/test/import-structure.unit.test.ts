import { useReaders, wordPressComment, wordPressFile, wordPressItem } from './importing';

const { read } = useReaders();
const wordPress = (...items: string[]) => read('wordpress', wordPressFile(...items));

describe('replies', () => {
  const comment = (id: string, parent: string, more = {}) =>
    wordPressComment({ 'wp:comment_id': id, 'wp:comment_parent': parent, ...more });
  const parentsOf = async (...comments: string[]) => {
    const read = await wordPress(wordPressItem({}, ...comments));
    return { parents: Object.fromEntries(read.comments.map(({ id, parentId }) => [id, parentId])), notes: read.notes };
  };

  it('keep their parent, whatever comes first', async () => {
    const { parents, notes } = await parentsOf(
      comment('2', '1'),
      comment('1', '0'),
      comment('92233720368547758079', '2'),
    );
    expect(parents).toEqual({ 'wp-1': undefined, 'wp-2': 'wp-1', 'wp-92233720368547758079': 'wp-2' });
    expect(notes).toEqual([]);
  });

  it('stand for themselves where their parent is left out, or they lead back to themselves', async () => {
    const { parents, notes } = await parentsOf(
      comment('1', '0', { 'wp:comment_type': 'pingback' }),
      comment('2', '1'),
      comment('3', '3'),
      comment('4', '6'),
      comment('5', '4'),
      comment('6', '5'),
    );
    expect(parents).toEqual({
      'wp-2': undefined,
      'wp-3': undefined,
      'wp-4': undefined,
      'wp-5': 'wp-4',
      'wp-6': 'wp-5',
    });
    expect(notes[1]).toBe(
      'Changed: reply to a comment that is not taken over: it stands for itself: 1, reply that answers itself: it stands for itself: 2.',
    );
  });

  it('are left out where they are there twice; the first counts where they differ', async () => {
    const { comments, notes } = await wordPress(
      wordPressItem({}, comment('1', '0'), comment('1', '0'), comment('1', '0', { 'wp:comment_content': 'Other' })),
    );
    expect(comments.map(({ content }) => content)).toEqual(['Nice']);
    expect(notes).toEqual([
      'Comments left out: there twice in what is imported: 1, with the id of another one in what is imported: 1.',
    ]);
  });
});

describe('the same file in other pieces', () => {
  it.each([1, 7, 61])('is read the same in pieces of %d', async (pieces) => {
    const file = wordPressFile(
      wordPressItem(
        { title: 'Grüße 😀 &amp; <b>x</b>' },
        wordPressComment({}),
        wordPressComment({ 'wp:comment_id': '2' }),
      ),
    );
    expect(await read('wordpress', file, [], pieces)).toEqual(await read('wordpress', file));
    const base64 = Buffer.from(file).toString('base64');
    expect(await read('wordpress', { base64 }, [], pieces)).toEqual(await read('wordpress', file));
    const latin1 = Buffer.from(file.replace('😀', '').replace('UTF-8', 'ISO-8859-1'), 'latin1').toString('base64');
    expect((await read('wordpress', { base64: latin1 }, [], pieces)).posts[0]?.title).toBe('Grüße & x');
    const dos = Buffer.from(
      file.replace('😀', '').replace('UTF-8', 'cp437').replace('ü', '\u0081').replace('ß', 'á'),
      'latin1',
    ).toString('base64');
    expect((await read('wordpress', { base64: dos }, [], pieces)).posts[0]?.title).toBe('Grüße & x');
  });

  it('names the byte that is of another encoding, wherever a piece ends', async () => {
    const file = wordPressFile(wordPressItem({ title: 'Caf' }));
    const at = Buffer.from(file).indexOf('Caf') + 3;
    const bytes = Buffer.concat([
      Buffer.from(file).subarray(0, at),
      Buffer.from([0xe9, 0x21]),
      Buffer.from(file).subarray(at),
    ]);
    for (const pieces of [1, 5, 1_000, 10_000]) {
      await expect(read('wordpress', { base64: bytes.toString('base64') }, [], pieces)).rejects.toThrow(
        `line 8: this is not UTF-8 (byte ${at + 1} of the file)`,
      );
    }
  });
});
