import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../harness/command';

jest.setTimeout(60_000);

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'blog-usage-'));
  await writeFile(join(dataDir, 'kept'), '');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const commands = [
  'export',
  'import',
  'erase',
  'backup',
  'restore',
  'account',
  'token',
  'bus',
  'seed',
  'reset',
  'bench',
];
// Nobody listens there: whatever a command would do, it does it to nothing.
const env = { EVENT_BUS_URL: 'http://127.0.0.1:9', POSTS_PORT: '9', COMMENTS_PORT: '9' };

describe.each(commands)('npm run %s', (name) => {
  it.each([
    ['--help', 0],
    ['--no-such-option', 1],
  ])('with %s tells how it is used and does nothing else', async (option, code) => {
    const args = name === 'reset' ? ['--yes', option] : [option];
    const done = await runCommand(`${name}.mjs`, args, { ...env, DATA_DIR: dataDir });
    expect(done).toEqual({ code, output: expect.stringContaining(`npm run ${name}`) });
    expect(await readdir(dataDir)).toEqual(['kept']);
    expect(existsSync(option)).toBe(false);
  });
});
