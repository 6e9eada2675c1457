import {
  disqusFile,
  disqusPost,
  disqusThread,
  useReaders,
  wordPressComment,
  wordPressFile,
  wordPressItem,
} from './importing';

const { read } = useReaders();
const wordPress = (...items: string[]) => read('wordpress', wordPressFile(...items));
const secret = { 'wp:comment_content': 'SECRET' };

describe('an import from WordPress', () => {
  it('takes over as public the posts and comments that everybody could read', async () => {
    const types = ['', 'comment'].map((type, id) =>
      wordPressComment({ 'wp:comment_id': String(id + 1), 'wp:comment_type': type }),
    );
    const { posts, comments, notes } = await wordPress(wordPressItem({}, ...types));
    expect(posts).toMatchObject([{ id: 'wp-7', draft: false }]);
    expect(comments.map(({ status }) => status)).toEqual(['approved', 'approved']);
    expect(notes).toEqual([]);
  });

  it.each([
    'note',
    'like',
    'repost',
    'reaction',
    'pingback',
    'trackback',
    'order_note',
    'review',
    'Comment',
    'comments',
  ])('leaves out a comment of type %j, and counts it', async (type) => {
    const one = wordPressComment({ ...secret, 'wp:comment_type': type });
    const { comments, notes } = await wordPress(wordPressItem({}, one, one));
    expect(comments).toEqual([]);
    expect(notes).toEqual([`Comments left out: ${type}: 2.`]);
  });

  it.each([
    ['0', 'pending'],
    ['spam', 'rejected'],
    ['trash', 'rejected'],
    ['post-trashed', 'rejected'],
  ])('takes over a comment of status %j as %s', async (approved, status) => {
    const { comments } = await wordPress(wordPressItem({}, wordPressComment({ 'wp:comment_approved': approved })));
    expect(comments).toMatchObject([{ status }]);
  });

  it.each(['hold', 'approve', '2', 'true', 'flagged'])(
    'leaves out a comment of the unknown status %j',
    async (approved) => {
      const { comments, notes } = await wordPress(
        wordPressItem({}, wordPressComment({ 'wp:comment_approved': approved })),
      );
      expect(comments).toEqual([]);
      expect(notes).toEqual([`Comments left out: with the status “${approved}”: 1.`]);
    },
  );

  it.each(['draft', 'pending', 'future', 'private', 'archive', 'Publish', 'request-completed'])(
    'makes a draft of a post of status %j, and leaves its comments out',
    async (status) => {
      const { posts, comments, notes } = await wordPress(
        wordPressItem({ 'wp:status': status }, wordPressComment(secret)),
      );
      expect(posts).toMatchObject([{ draft: true }]);
      expect(comments).toEqual([]);
      expect(notes.join()).toContain('Comments left out: of a post that is not public: 1.');
      if (status !== 'draft') expect(notes.join()).toContain(`are drafts here: ${status}: 1.`);
    },
  );

  it.each(['trash', 'auto-draft', 'inherit'])('leaves out a post of status %j', async (status) => {
    const { posts, comments, notes } = await wordPress(
      wordPressItem({ 'wp:status': status }, wordPressComment(secret)),
    );
    expect({ posts, comments }).toEqual({ posts: [], comments: [] });
    expect(notes[0]).toMatch(/^Only posts are taken over\. Left out: .+: 1\.$/);
  });

  it.each(['page', 'revision', 'attachment', 'nav_menu_item', 'shop_order', 'wp_block', 'customize_changeset'])(
    'leaves out what is of type %j, with its comments',
    async (type) => {
      const { posts, comments, notes } = await wordPress(
        wordPressItem({ 'wp:post_type': type }, wordPressComment(secret)),
      );
      expect({ posts, comments }).toEqual({ posts: [], comments: [] });
      expect(notes).toEqual([
        `Only posts are taken over. Left out: ${type}: 1.`,
        `Comments left out: of what is no post here (${type}): 1.`,
      ]);
    },
  );

  it.each(['pw', '0', ' '])(
    'makes a draft of a post with the password %j, leaves its comments out, and says so',
    async (pw) => {
      const item = wordPressItem({ title: 'Hidden', 'wp:post_password': pw }, wordPressComment(secret));
      const { posts, comments, notes, plan } = await wordPress(item);
      expect(posts).toMatchObject([{ draft: true }]);
      expect(comments).toEqual([]);
      expect(notes).toEqual([
        'Posts that not everybody could read are drafts here: with a password: 1.',
        'Comments left out: of a post that is not public: 1.',
      ]);
      expect(plan.groups[0]?.kinds[0]?.examples).toEqual(['“Hidden”']);
    },
  );

  const required = ['wp:post_id', 'wp:post_type', 'wp:status', 'wp:post_password', 'content:encoded'];
  it.each(required)('takes over nothing where a post has no %s', async (name) => {
    const whole = wordPressItem({ 'wp:post_id': '6' });
    await expect(wordPress(whole, wordPressItem({ [name]: undefined }))).rejects.toThrow(
      `line 17: <item> has no <${name}>`,
    );
  });

  const requiredOfComments = ['id', 'approved', 'type', 'content'].map((name) => `wp:comment_${name}`);
  it.each(requiredOfComments)('takes over nothing where a comment has no %s', async (name) => {
    const comment = wordPressComment({ [name]: undefined });
    await expect(wordPress(wordPressItem({}, comment))).rejects.toThrow(`line 15: <wp:comment> has no <${name}>`);
  });

  it('asks for a password of each post where any has one, whatever wrote the file', async () => {
    const of = (...items: string[]) => wordPressFile(...items).replace(/<generator>.*<\/generator>/, '');
    const unknown = wordPressItem({ 'wp:post_password': undefined });
    expect((await read('wordpress', of(unknown))).posts).toMatchObject([{ draft: false }]);
    await expect(read('wordpress', of(wordPressItem({}), unknown))).rejects.toThrow('<item> has no <wp:post_password>');
  });

  it.each(['wp:status', 'wp:post_password'])('takes over nothing where a post has two of %s', async (name) => {
    const two = wordPressItem({}).replace(/(?=<wp:status>)/, `<${name}>private</${name}>`);
    await expect(wordPress(two)).rejects.toThrow(`<item> has more than one <${name}>`);
  });
});

describe('an import from Disqus', () => {
  const disqus = (...elements: string[]) => read('disqus', disqusFile(...elements));
  const hiding = [
    ['isDeleted', 'true', 'deleted'],
    ['isSpam', 'true', 'spam'],
    ['isApproved', 'false', 'not approved'],
  ] as const;

  it('takes over the comments that everybody could read, also those of a closed thread', async () => {
    const { comments, notes } = await disqus(disqusThread('1', { isClosed: 'true' }), disqusPost('2', '1'));
    expect(comments).toMatchObject([{ id: 'disqus-2', postId: 'p1', status: 'approved' }]);
    expect(notes).toEqual([]);
  });

  it.each(hiding)('leaves out a comment with %s %s, and counts it', async (name, value, kind) => {
    const { comments, notes } = await disqus(disqusThread('1'), disqusPost('2', '1', { [name]: value }));
    expect(comments).toEqual([]);
    expect(notes).toEqual([`Comments left out: ${kind}: 1.`]);
  });

  it.each(hiding)('leaves out the comments of a thread with %s %s, and counts them', async (name, value, kind) => {
    const { comments, notes, problems } = await disqus(disqusThread('1', { [name]: value }), disqusPost('2', '1'));
    expect({ comments, problems }).toEqual({ comments: [], problems: [] });
    expect(notes).toEqual([`Comments left out: of a thread: ${kind}: 1.`]);
  });

  it('leaves out the comments of a draft here, and those whose thread is not in the file', async () => {
    const file = disqusFile(disqusThread('1'), disqusPost('2', '1'), disqusPost('3', '9'));
    const { comments, notes } = await read('disqus', file, [{ id: 'p1', title: 'Hello', draft: true }]);
    expect(comments).toEqual([]);
    expect(notes).toEqual(['Comments left out: of a draft here: 1, of a thread that is not in the file: 1.']);
  });

  it.each(['isDeleted', 'isSpam', 'message'])('takes over nothing where a comment has no %s', async (name) => {
    await expect(disqus(disqusThread('1'), disqusPost('2', '1', { [name]: undefined }))).rejects.toThrow(
      `line 10: <post> has no <${name}>`,
    );
  });

  it('takes over nothing where one of its threads does not say whether it is deleted, or a flag is unclear', async () => {
    const threads = [disqusThread('1'), disqusThread('2', { isDeleted: undefined })];
    await expect(disqus(...threads)).rejects.toThrow('line 10: <thread> has no <isDeleted>');
    const unclear = disqusPost('2', '1', { isSpam: 'maybe' });
    await expect(disqus(disqusThread('1'), unclear)).rejects.toThrow('line 14: <isSpam> is neither true nor false');
  });
});
