import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useReaders } from './importing';

const { read } = useReaders();

describe('an import of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blog-folder-'));
    mkdirSync(join(folder, 'posts'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (matter: string) =>
    writeFileSync(
      join(folder, 'posts', 'a.md'),
      `---\nid: a\ntitle: A\ncreatedAt: 2020-01-01T00:00:00Z\n${matter}\n---\nText`,
    );
  const drafts = async () => (await read('folder', folder)).posts.map(({ draft }) => draft);

  it.each([
    ...['draft: false', 'published: true', 'published: yes', 'published: 2020-01-01', 'private: false', 'password: ""'],
    ...[
      'status: publish',
      'Status: Published',
      'visibility: public',
      'publishDate: 2020-01-01',
      'expiryDate: 2999-01-01',
    ],
  ])('publishes a post with %j', async (matter) => {
    write(matter);
    expect(await drafts()).toEqual([false]);
  });

  it.each([
    ...[
      'draft: true',
      'Draft: True',
      'draft: "true"',
      'draft: yes',
      'published: false',
      'published: no',
      'private: true',
    ],
    ...['Published: False', 'published: 2999-01-01', 'password: x', 'password: 0', 'hidden: true', 'unlisted: on'],
    ...['status: private', 'status: draft', 'Status: Hidden', 'status: pending', 'status: anything', 'status:'],
    ...['visibility: private', 'visibility: members', 'publishDate: 2999-01-01', 'publish_date: 2999-01-01'],
    ...['expiryDate: 2020-01-01', 'draft: false\npublished: false', 'draft: false\nDraft: true'],
  ])('makes a draft of a post with %j', async (matter) => {
    write(matter);
    expect(await drafts()).toEqual([true]);
  });

  it.each([
    ['draft: maybe', 'draft must be true or false'],
    ['tags: []\ndraft:', 'draft must be true or false'],
    ['private: 2', 'private must be true or false'],
    ['published: soon', 'published must be a date'],
  ])('takes over nothing of a folder with %j', async (matter, fault) => {
    write(matter);
    const line = 4 + matter.split('\n').length;
    await expect(read('folder', folder)).rejects.toThrow(`${join(folder, 'posts', 'a.md')}, line ${line}: ${fault}.`);
  });

  it('lets approved comments wait below a post that another blog hid, and counts both', async () => {
    write('published: false');
    const comment = { id: 'c', postId: 'a', author: '', content: 'SECRET', createdAt: '2020-01-01T00:00:00Z' };
    writeFileSync(join(folder, 'comments.jsonl'), `${JSON.stringify({ ...comment, status: 'approved' })}\n`);
    const { comments, notes } = await read('folder', folder);
    expect(comments).toMatchObject([{ status: 'pending' }]);
    expect(notes).toEqual([
      'Posts that their front matter hides are drafts here: published: 1.',
      'Comments below them that wait for a person: approved: 1.',
    ]);
  });
});
