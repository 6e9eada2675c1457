import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** A field of a process's status as the kernel tells it: `CapEff`, `Uid` … */
function statusOf(pid, field) {
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}

async function expectNoRights({ inspect }, name) {
  const { State: state, HostConfig: host, Config: config } = await inspect(name);
  assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/, 'the user is a number, and not root');
  assert.equal(host.Privileged, false);
  // Not only what was asked for: what the kernel gave.
  assert.deepEqual(statusOf(state.Pid, 'Uid').split(/\s+/), Array(4).fill('1000'));
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
    assert.match(statusOf(state.Pid, set), /^0+$/, `${set} is empty`);
  }
  assert.equal(statusOf(state.Pid, 'NoNewPrivs'), '1');
  assert.equal(statusOf(state.Pid, 'Seccomp'), '2', "the engine's filter of system calls is on");
  const [program] = readFileSync(`/proc/${state.Pid}/cmdline`, 'utf8').split('\0');
  assert.equal(program, 'node', 'node is the first process');
}

async function expectReadOnly({ inspect, evaluate }, name) {
  const { HostConfig: host, Mounts: mounts } = await inspect(name);
  assert.equal(host.ReadonlyRootfs, true);
  assert.deepEqual(
    mounts.filter(({ RW: writable }) => writable).map(({ Destination: path }) => path),
    ['/data'],
  );
  const tries =
    "for (const path of ['/blog/x', '/tmp/x', '/x', '/data/x']) try { fs.writeFileSync(path, ''); " +
    "fs.rmSync(path); console.log(path, 'written') } catch (error) { console.log(path, error.code) }";
  const outcome = (await evaluate(name, tries)).split('\n');
  assert.deepEqual(outcome, ['/blog/x EROFS', '/tmp/x EROFS', '/x EROFS', '/data/x written']);
}

/** What is in the image: nothing that only builds or tests. */
async function expectOnlyWhatRuns({ evaluate }, name) {
  const script = "console.log(JSON.stringify(fs.globSync('/blog/**', { exclude: (path) => path === 'proc' })))";
  const files = JSON.parse(await evaluate(name, script));
  assert.ok(files.includes('/blog/node_modules/express/package.json'), 'what runs is there');
  const unwanted = files.filter((path) =>
    /\/(typescript|jest|eslint|vite|playwright-core|ts-node|nodemon)\/package\.json$|\.tsbuildinfo$|^\/blog\/(?!node_modules\/).*(\.tsx?$|\/test(\/|$))/.test(
      path,
    ),
  );
  assert.deepEqual(unwanted, []);
}

async function expectHealth({ docker, ids }, name, until) {
  await until(`${name} is healthy`, async () => {
    const health = await docker(['inspect', '--format', '{{.State.Health.Status}}', ids[name]]);
    return health === 'healthy';
  });
}

async function expectJsonLogs({ logs }, name) {
  const lines = (await logs(name)).split('\n').filter(Boolean);
  assert.ok(lines.length > 0);
  for (const line of lines) {
    const entry = JSON.parse(line);
    assert.ok(typeof entry.level === 'number' && !Number.isNaN(Date.parse(entry.time)) && entry.name, line);
  }
}

/** Whoever shares the network with the bus is no operator, whatever name or address they use; nor is its own container. */
async function expectNoOperators({ evaluate, urls }) {
  const statusOfPath = (url) => `fetch('${url}').then(({ status }) => console.log(status))`;
  const address = await evaluate('posts', "require('dns').lookup('event-bus', (_, address) => console.log(address))");
  for (const url of ['http://event-bus:4005', `http://${address}:4005`]) {
    for (const path of ['/subscriptions', '/dead-letters', '/faults', '/stream']) {
      assert.equal(await evaluate('posts', statusOfPath(url + path)), '401', `${url}${path} from a neighbour`);
    }
  }
  assert.equal(await evaluate('event-bus', statusOfPath('http://127.0.0.1:4005/subscriptions')), '401');
  assert.equal((await fetch(`${urls['event-bus']}/subscriptions`)).status, 401);
}

/** One check per container and rule. */
export async function checkHardening({ system, check, until }) {
  for (const name of system.names) {
    await check(`${name} runs without any rights`, () => expectNoRights(system, name));
    await check(`${name} can write to its volume only`, () => expectReadOnly(system, name));
    await check(`${name} holds only what runs`, () => expectOnlyWhatRuns(system, name));
    await check(`${name} is healthy by its own check`, () => expectHealth(system, name, until));
    await check(`${name} logs JSON`, () => expectJsonLogs(system, name));
  }
  await check('nobody is an operator of the bus for being near it', () => expectNoOperators(system));
}
