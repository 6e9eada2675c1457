/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, processes, type ProcessName } from '../../infra/laptop/processes.cjs';
import { authEnvironment } from '../harness/auth';
import { type Comment, createComment, createPost, readView, servers, type View } from '../harness/blog';
import { runCommand } from '../harness/command';
import { read, send } from '../harness/send';
import { startSystem, type System } from '../harness/system';
import { waitFor } from '../harness/wait-for';

jest.setTimeout(240_000);

const words = 'Quixotéwords “that” occur nowhere else';
const name = 'Zdenka Únlikely-Name';
const title = 'Xylotitle of no other post';

let system: System;
let folder: string;
let env: Environment;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blog-erase-'));
  system = await startSystem({ only: servers, env: authEnvironment });
  const ports = processes.map((entry) => [entry.portVariable, new URL(system.urls[entry.name]).port]);
  env = { ...Object.fromEntries(ports), DATA_DIR: system.dataDir, ...authEnvironment };
});
afterEach(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(script: string, ...args: string[]): Promise<string> {
  const { code, output } = await runCommand(`${script}.mjs`, args, env);
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${output}`);
  return output;
}

const filesUnder = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((one) => join(path, one))
    .filter((one) => statSync(one).isFile());

/** The forms in which a text can lie on a disk: UTF-8, and as JSON may escape it. */
function formsOf(text: string): Buffer[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [text, json, ascii].map((form) => Buffer.from(form));
}

/** Files of a folder that hold one of the texts. */
function filesWith(path: string, ...texts: string[]): string[] {
  const forms = texts.flatMap(formsOf);
  return filesUnder(path).filter((file) => {
    const bytes = readFileSync(file);
    return forms.some((form) => bytes.includes(form));
  });
}

const logsWith = (...texts: string[]): string[] =>
  system.all.flatMap(({ logs }) => logs).filter((line) => texts.some((text) => line.includes(text)));

async function write(postId: string, content: string, author: string): Promise<{ id: string; token: string }> {
  const url = `${system.urls.comments}/posts/${postId}/comments`;
  const answer = await send<(Comment & { author: string })[]>(url, { json: { content, author } });
  const id = answer.json().find((one) => one.content === content)?.id ?? '';
  return { id, token: answer.headers.get('Comment-Token') ?? '' };
}

const commentsOf = async (postId: string): Promise<Comment[]> => (await readView(system))[postId]?.comments ?? [];

async function untilJudged(postId: string, count: number): Promise<void> {
  await waitFor(`${count} judged comments`, async () => {
    const comments = await commentsOf(postId);
    return comments.length === count && comments.every(({ status }) => status !== 'pending');
  });
}

/** A comment that was edited and quoted, beside one that says something else. */
async function writeThread(): Promise<{ postId: string; first: string; stays: string }> {
  const { id: postId } = await createPost(system, 'A post that stays');
  const first = await write(postId, `${words}, as first written`, name);
  const { id: stays } = await createComment(system, postId, 'Something else');
  await untilJudged(postId, 2);
  const edited = await send(`${system.urls.comments}/posts/${postId}/comments/${first.id}`, {
    method: 'PATCH',
    json: { content: `${words}, edited` },
    headers: { 'Comment-Token': first.token },
  });
  expect(edited.status).toBe(200);
  await write(postId, `> ${words}, edited\n\n${name} is right`, 'Bo');
  await untilJudged(postId, 3);
  return { postId, first: first.id, stays };
}

async function rebuiltView(): Promise<View> {
  const query = system.get('query');
  await query.stop();
  for (const file of readdirSync(system.dataDir)) {
    if (/^query\.db(-|$)/.test(file)) rmSync(join(system.dataDir, file));
  }
  await query.start();
  const { head } = await read<{ head: number }>(`${system.urls['event-bus']}/healthz`);
  await waitFor('the read model to be made again', async () => {
    const log = query.logs.findLast((line) => line.includes('the history is read'));
    return log !== undefined && (JSON.parse(log) as { sequence: number }).sequence >= head;
  });
  return readView(system);
}

describe('npm run erase', () => {
  it('leaves a text, the name of its author and the quotes of both nowhere: no store, log, file or new backup', async () => {
    const { postId, first, stays } = await writeThread();
    await run('export', join(folder, 'export'));
    expect(statSync(join(folder, 'export')).mode & 0o777).toBe(0o700);
    await run('backup', join(folder, 'backup-before'));
    expect(filesWith(join(folder, 'backup-before'), words, name).length).toBeGreaterThan(2);

    const plan = await run('erase', '--comment', first, '--also-comments-that-contain', name, '--yes');
    expect(plan).toMatch(/comment .*: \d+ events with texts, 0 erased already/);
    expect(plan).toContain('Done: no service and no file of the blog holds it.');

    expect((await commentsOf(postId)).map(({ id }) => id)).toEqual([stays]);
    expect(filesWith(system.dataDir, words, name)).toEqual([]);
    expect(logsWith(words, name)).toEqual([]);
    await run('backup', join(folder, 'backup-after'));
    expect(filesWith(join(folder, 'backup-after'), words, name)).toEqual([]);
    expect(await run('bus', 'verify', '--data', system.dataDir)).toContain('are what was stored');

    const before = await readView(system);
    expect(await rebuiltView()).toEqual(before);
    expect(filesWith(system.dataDir, words, name)).toEqual([]);
    // Delivered again, what is left of the events brings nothing back and harms nobody.
    for (const group of ['query', 'comments', 'moderation']) await run('bus', 'replay', group, '--from', 'beginning');
    await run('erase', '--comment', first, '--yes');
    expect(await readView(system)).toEqual(before);
  });

  it('takes a post with its comments, and the words of it out of the search index', async () => {
    const { id } = await createPost(system, title);
    await write(id, words, name);
    await untilJudged(id, 1);
    await run('erase', '--post', id, '--yes');
    expect(await readView(system)).toEqual({});
    expect(filesWith(system.dataDir, title, words, name)).toEqual([]);
    expect(filesWith(system.dataDir, 'xylotitle', 'Xylotitle', 'quixotewords', 'quixotéwords')).toEqual([]);
    expect((await send(`${system.urls.query}/posts?q=xylotitle`)).text).toBe('{}');
  });

  it('takes all that an author wrote, also what they deleted before', async () => {
    const { id } = await createPost(system, 'A post that stays');
    const { id: first, token } = await write(id, `${words}, first`, name);
    const url = `${system.urls.comments}/posts/${id}/comments`;
    const headers = { 'Comment-Token': token };
    await send(url, { json: { content: `${words}, second`, author: name }, headers });
    await untilJudged(id, 2);
    await send(`${url}/${first}`, { method: 'DELETE', headers });
    await run('erase', '--author', first, '--yes');
    expect(await commentsOf(id)).toEqual([]);
    expect(filesWith(system.dataDir, words, name)).toEqual([]);
  });

  it('says what is pending while a service is away, and completes when it runs again', async () => {
    const { postId, first, stays } = await writeThread();
    await system.get('moderation').kill('SIGKILL');
    const { code, output } = await runCommand(
      'erase.mjs',
      ['--comment', first, '--also-comments-that-contain', name, '--yes', '--wait', '2'],
      env,
    );
    expect(code).toBe(1);
    expect(output).toContain('moderation has not erased');
    await system.get('moderation').start();
    await waitFor('the erasure to be done', async () => (await runCommand('erase.mjs', ['--pending'], env)).code === 0);
    expect((await commentsOf(postId)).map(({ id }) => id)).toEqual([stays]);
    expect(filesWith(system.dataDir, words, name)).toEqual([]);
  });

  it.each<ProcessName>(['event-bus', 'comments', 'query', 'moderation'])(
    'completes where %s is killed in the middle and the command is run again',
    async (victim) => {
      const { first } = await writeThread();
      const args = ['--comment', first, '--also-comments-that-contain', name, '--yes', '--wait', '20'];
      const killed = system.get(victim);
      const running = runCommand('erase.mjs', args, env);
      await waitFor('the first erasure', async () => killed.logs.length > 0 && (await erasures()) > 0);
      await killed.kill('SIGKILL');
      await killed.start();
      await running;
      await runCommand('erase.mjs', args, env);
      await waitFor('all to be done', async () => (await runCommand('erase.mjs', ['--pending'], env)).code === 0);
      expect(filesWith(system.dataDir, words, name)).toEqual([]);
    },
  );

  it('says that it knows no such comment, and erases nothing', async () => {
    const { code, output } = await runCommand('erase.mjs', ['--comment', 'no-such', '--yes'], env);
    expect(code).toBe(1);
    expect(output).toContain('Nobody knows comment no-such');
  });
});

async function erasures(): Promise<number> {
  return (await read<unknown[]>(`${system.urls['event-bus']}/erasures`)).length;
}
