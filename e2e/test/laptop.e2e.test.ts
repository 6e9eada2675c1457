import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processes, root } from '../../infra/laptop/processes.cjs';
import { readWholeView } from '../harness/blog';
import { freePorts } from '../harness/free-ports';
import { read, send } from '../harness/send';
import { eventually, NeverTrue, waitFor } from '../harness/wait-for';

jest.setTimeout(120_000);

/** A command of `infra/laptop`, as the npm scripts run it. */
interface Command {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

let env: Record<string, string | undefined>;
let dataDir: string;
const started: ChildProcess[] = [];

function run(script: string, ...args: string[]): Command {
  const child = spawn(process.execPath, [join(root, 'infra', 'laptop', script), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text, ended: new Promise((resolve) => child.once('close', resolve)) };
}

async function untilOutput({ output, child }: Command, expected: RegExp): Promise<void> {
  await waitFor(`${expected} in the output`, () => {
    if (expected.test(output())) return true;
    if (child.exitCode !== null) throw new NeverTrue(`it ended with:\n${output()}`);
    return false;
  });
}

const urlOf = (name: string): string => {
  const variable = processes.find((entry) => entry.name === name)?.portVariable ?? '';
  return `http://127.0.0.1:${env[variable]}`;
};
const isAnswering = async (name: string): Promise<boolean> => {
  const answer = await send(`${urlOf(name)}/readyz`).catch(() => undefined);
  return answer?.status === 200;
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'blog-laptop-'));
  const ports = await freePorts(processes.length);
  const portSettings = Object.fromEntries(
    processes.map(({ portVariable }, index) => [portVariable, String(ports[index])]),
  );
  env = { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...portSettings };
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    // SIGTERM, not SIGKILL: it ends the services, too.
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  await rm(dataDir, { recursive: true, force: true });
});

describe('npm start', () => {
  it('runs all eight processes, restarts one that is killed, and stops them all in reverse order', async () => {
    const blog = run('start.mjs');
    await untilOutput(blog, /ready in \d+\.\d s/);
    for (const { name } of processes) {
      expect(await isAnswering(name)).toBe(true);
      expect(blog.output()).toContain(urlOf(name));
    }
    // The first start makes an account, and says so once.
    const link = /Or once by this link, within a day: (\S+)/.exec(blog.output())?.[1] ?? '';
    expect(blog.output()).toMatch(/name admin, password \S+\n/);
    expect((await send(link)).status).toBe(200);
    // Not a terminal: no colours.
    expect(blog.output()).not.toContain('\u001b');
    expect(blog.output()).toMatch(/^\d\d:\d\d:\d\d posts +listening/m);

    await send(`${urlOf('posts')}/posts`, { json: { title: 'Before' } });
    const pid = Number(/posts +started, pid (\d+)/.exec(blog.output())?.[1]);
    process.kill(pid, 'SIGKILL');
    await untilOutput(blog, /posts +ended \(SIGKILL\); starting again in 0\.5 s/);
    await waitFor('posts to answer again', () => isAnswering('posts'));
    const posts = Object.values(await read<Record<string, { title: string }>>(`${urlOf('posts')}/posts`));
    expect(posts.map(({ title }) => title)).toEqual(['Before']);

    blog.child.kill('SIGINT');
    expect(await blog.ended).toBe(0);
    const stops = [...blog.output().matchAll(/^\S+ (\S+) +stopping/gm)].map(([, name]) => name);
    expect(stops).toEqual(processes.map(({ name }) => name).toReversed());
    for (const { name } of processes) expect(await isAnswering(name)).toBe(false);
  });

  it('starts only the processes that are named; a service is all of its replicas', async () => {
    const blog = run('start.mjs', 'posts', 'comments-2');
    await untilOutput(blog, /ready in/);
    const answering = await Promise.all(processes.map(async ({ name }) => ((await isAnswering(name)) ? [name] : [])));
    expect(answering.flat()).toEqual(['posts', 'comments-2']);
  });

  it('gives its services one key, so that tokens made here count, and shows the first password once', async () => {
    // A data folder and settings of an earlier version.
    await writeFile(join(dataDir, 'auth-secret'), 'a-secret-of-before-it\n', { mode: 0o600 });
    env['AUTH_SECRET'] = 'a-secret-of-before-it';
    const first = run('start.mjs', 'posts', 'client');
    await untilOutput(first, /ready in/);
    expect(first.output()).toContain('name admin');
    expect(first.output()).toContain('AUTH_SECRET does nothing any more');
    expect((await stat(join(dataDir, 'auth-private-key'))).mode & 0o777).toBe(0o600);
    first.child.kill('SIGTERM');
    await first.ended;
    const again = run('start.mjs', 'posts', 'client');
    await untilOutput(again, /ready in/);
    expect(again.output()).not.toContain('name admin');
    const token = run('token.mjs', '--roles', 'author', '--name', 'robot');
    expect(await token.ended).toBe(0);
    const authorization = `Bearer ${token.output().trim()}`;
    const { status } = await send(`${urlOf('client')}/api/posts/posts`, {
      json: { title: 'A draft', draft: true },
      headers: { Authorization: authorization },
    });
    expect(status).toBe(201);
  });

  it('refuses an unknown name and lists the names', async () => {
    const blog = run('start.mjs', 'pots');
    expect(await blog.ended).toBe(1);
    expect(blog.output()).toMatch(/Unknown: pots\. There are: event-bus, posts, comments, .*comments-3\./);
  });

  it('names port and service when somebody else is there, and starts nothing', async () => {
    const server = createServer().listen(Number(env.QUERY_PORT), '127.0.0.1');
    try {
      const blog = run('start.mjs');
      expect(await blog.ended).toBe(1);
      expect(blog.output()).toMatch(new RegExp(`${env.QUERY_PORT} \\(query\\): QUERY_PORT moves it elsewhere`));
      expect(blog.output()).not.toMatch(/listening/);
      expect(await readdir(dataDir)).toEqual([]);
    } finally {
      server.close();
    }
  });
});

describe('npm run seed and npm run reset', () => {
  it('adds a dozen posts with comments once, and takes all away only when nothing runs', async () => {
    const blog = run('start.mjs');
    await untilOutput(blog, /ready in/);
    const first = run('seed.mjs');
    expect(await first.ended).toBe(0);
    expect(first.output()).toContain('12 posts added, 0 were there already');
    const again = run('seed.mjs');
    expect(await again.ended).toBe(0);
    expect(again.output()).toContain('0 posts added, 12 were there already');
    await eventually('all comments judged', async () => {
      const view = await readWholeView({ urls: { query: urlOf('query') } });
      expect(view).toHaveLength(12);
      const statuses = view.flatMap(({ comments }) => comments.map(({ status }) => status));
      expect(statuses.length).toBeGreaterThan(20);
      expect(statuses.filter((status) => status !== 'approved')).toEqual(['rejected']);
    });

    const tooEarly = run('reset.mjs', '--yes');
    expect(await tooEarly.ended).toBe(1);
    expect(tooEarly.output()).toMatch(/Somebody else listens/);
    blog.child.kill('SIGTERM');
    expect(await blog.ended).toBe(0);

    const unasked = run('reset.mjs');
    expect(await unasked.ended).toBe(1);
    expect(await readdir(dataDir)).toContain('posts.db');
    const reset = run('reset.mjs', '--yes');
    expect(await reset.ended).toBe(0);
    expect(await readdir(dataDir)).toEqual([]);
  });
});

describe('npm run dev', () => {
  it('runs services from their source', async () => {
    const blog = run('dev.mjs', 'posts', 'client');
    await untilOutput(blog, /ready in/);
    expect((await send(`${urlOf('posts')}/posts`, { json: { title: 'From source' } })).status).toBe(201);
    blog.child.kill('SIGTERM');
    expect(await blog.ended).toBe(0);
    expect(await isAnswering('posts')).toBe(false);
    expect(await isAnswering('client')).toBe(false);
  });
});
