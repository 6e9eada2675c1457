/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processes } from '../../infra/laptop/processes.cjs';
import { createPost, servers } from '../harness/blog';
import { runCommand } from '../harness/command';
import { freePorts } from '../harness/free-ports';
import { type Acknowledged, expectAgreement, startLoad } from '../harness/load';
import { read } from '../harness/send';
import { startSystem, type System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually, waitFor } from '../harness/wait-for';

jest.setTimeout(180_000);

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const backups = 2;
const commentsPerBackup = 60;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blog-backup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

async function run(script: 'backup.mjs' | 'restore.mjs', args: string[], dataDir: string): Promise<string> {
  const { code, output } = await runCommand(script, args, { DATA_DIR: dataDir });
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${output}`);
  return output;
}

const refusal = async (args: string[], dataDir: string): Promise<string> => {
  const { code, output } = await runCommand('restore.mjs', args, { DATA_DIR: dataDir });
  expect(code).toBe(1);
  return output;
};

/** The log of a system that was started on restored data, when nothing is on its way any more. */
async function settled({ urls }: System): Promise<void> {
  interface Status {
    lag: { events: number };
  }
  const groups = await read<Record<string, Status> | Status[]>(`${urls['event-bus']}/subscriptions`);
  expect(Object.values(groups).map(({ lag }) => lag.events)).toEqual([0, 0, 0]);
}

/** Brings a backup back in a folder of its own, starts everything on it, and waits until it agrees with itself. */
async function expectRestored(name: string, acknowledged: Acknowledged): Promise<void> {
  await run('restore.mjs', [at(name)], at(`${name}-data`));
  const restored = await startSystem({ only: servers, dataDir: at(`${name}-data`) });
  try {
    await eventually(`${name} to be whole`, async () => {
      await expectAgreement(restored, acknowledged);
      await settled(restored);
    });
    // It goes on from there.
    const post = await createPost(restored, 'After the restore');
    await eventually('a new post in the view', () =>
      expectAgreement(restored, { posts: new Map([[post.id, post.title]]), comments: new Map() }),
    );
  } finally {
    await restored.stop();
  }
}

describe('A backup taken while everything is written to', () => {
  const getSystem = useSystem({ only: servers });

  it(`is whole wherever it is restored, with all that was acknowledged before (SEED=${seed})`, async () => {
    const system = getSystem();
    const load = startLoad(system, { seed });
    const before: Acknowledged[] = [];
    for (let number = 1; number <= backups; number += 1) {
      await waitFor('some load', () => load.acknowledged.comments.size >= number * commentsPerBackup);
      before.push(load.copy());
      await run('backup.mjs', [at(`backup-${number}`)], system.dataDir);
    }
    await load.stop();
    for (const [index, acknowledged] of before.entries()) await expectRestored(`backup-${index + 1}`, acknowledged);
    await eventually('what was copied to be whole as well', () => expectAgreement(system, load.acknowledged));
  });
});

describe('A backup', () => {
  const getSystem = useSystem({ only: ['event-bus', 'posts'] });

  async function aBackup(): Promise<string> {
    const { dataDir } = getSystem();
    await writeFile(join(dataDir, 'auth-private-key'), 'a-secret-for-these-tests\n', { mode: 0o600 });
    await run('backup.mjs', [at('backup')], dataDir);
    return at('backup');
  }

  it('holds each database and file but the read model, for its owner only, and says when and by what it was made', async () => {
    const backup = await aBackup();
    const busFiles = ['event-bus-delivery.db', 'event-bus-erasures.db', 'event-bus.db'];
    const names = ['auth-private-key', ...busFiles, 'manifest.json', 'posts.db'];
    expect((await readdir(backup)).sort()).toEqual(names);
    if (process.platform !== 'win32') expect((await stat(backup)).mode & 0o077).toBe(0);
    const manifest = JSON.parse(await readFile(join(backup, 'manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ format: 1, takenAt: expect.any(String), versions: { blog: expect.any(String) } });
    expect(await readdir(folder)).toEqual(['backup']);
  });

  it('is made in no folder that holds something', async () => {
    const backup = await aBackup();
    const { code, output } = await runCommand('backup.mjs', [backup], { DATA_DIR: getSystem().dataDir });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(`${backup} is not empty`) });
  });

  it('of a folder without databases is refused, and leaves nothing behind', async () => {
    const { code, output } = await runCommand('backup.mjs', [at('backup')], { DATA_DIR: at('nothing') });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('There is no database in') });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not restored while processes run on the data folder, whatever is said', async () => {
    const { dataDir } = getSystem();
    const backup = await aBackup();
    for (const args of [[backup], [backup, '--replace']]) {
      expect(await refusal(args, dataDir)).toMatch(
        /Stop the processes .*event-bus-delivery.db, event-bus-erasures.db, event-bus.db, posts.db/,
      );
    }
    await createPost(getSystem(), 'Undisturbed');
  });

  it('is not restored over data, unless that may be moved out of the way', async () => {
    const backup = await aBackup();
    await run('restore.mjs', [backup], at('data'));
    expect(await refusal([backup], at('data'))).toMatch(/holds data already \(auth-private-key, .*--replace/);
    await writeFile(at('data/auth-private-key'), 'another\n');
    await run('restore.mjs', [backup, '--replace'], at('data'));
    expect(await readFile(at('data/auth-private-key'), 'utf8')).toBe('a-secret-for-these-tests\n');
    const aside = (await readdir(at('data'))).find((name) => name.startsWith('before-restore-')) ?? '';
    expect(await readFile(at(`data/${aside}/auth-private-key`), 'utf8')).toBe('another\n');
    // The next backup doesn't hold what was moved away.
    await run('backup.mjs', [at('second')], at('data'));
    expect((await readdir(at('second'))).sort()).toEqual((await readdir(backup)).sort());
  });

  it('that lacks a file, was changed or is no backup is not restored; each fault is named', async () => {
    const backup = await aBackup();
    await rm(join(backup, 'auth-private-key'));
    await appendFile(join(backup, 'posts.db'), 'x');
    const log = await readFile(join(backup, 'event-bus.db'));
    log[log.length - 1] = (log.at(-1) ?? 0) ^ 1;
    await writeFile(join(backup, 'event-bus.db'), log);
    const output = await refusal([backup], at('data'));
    expect(output).toContain('auth-private-key is missing');
    expect(output).toMatch(/posts.db has \d+ bytes, and had \d+/);
    expect(output).toContain('event-bus.db has changed since the backup');
    await writeFile(join(backup, 'manifest.json'), '{"format":1,"files":[{"name":"../elsewhere"}]}');
    expect(await refusal([backup], at('data'))).toContain('manifest.json in');
    await writeFile(join(backup, 'manifest.json'), '{"format":2,"files":[]}');
    expect(await refusal([backup], at('data'))).toContain('has format 2; this program knows 1');
    expect(await refusal([folder], at('data'))).toContain('holds no backup');
    expect(existsSync(at('data'))).toBe(false);
  });
});

describe('npm run reset', () => {
  const getSystem = useSystem({ only: ['posts'] });

  async function reset(dataDir: string) {
    const free = await freePorts(processes.length);
    const env = Object.fromEntries(processes.map(({ portVariable }, index) => [portVariable, String(free[index])]));
    return runCommand('reset.mjs', ['--yes'], { ...env, DATA_DIR: dataDir });
  }

  it('refuses to empty a data folder on which processes run, whatever their ports', async () => {
    const { code, output } = await reset(getSystem().dataDir);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/Stop the processes .*posts.db/) });
    await createPost(getSystem(), 'Undisturbed');
  });

  it('leaves nothing in a data folder on which nothing runs, not even locks', async () => {
    for (const name of ['posts.db', 'posts.db.lock', 'query.db', 'auth-private-key']) await writeFile(at(name), '');
    expect((await reset(folder)).code).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});
