import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createLoad, untilAllIsThere } from './load.mjs';

const cutOffMs = 3_000;
const ackedPerFailure = 10;
const longestStopMs = 10_000;
const megabyte = 1024 * 1024;

async function untilStartedAgain({ inspect, untilReady }, name, before, until) {
  await until(`${name} is started again`, async () => {
    const { State: state, RestartCount: restarts } = await inspect(name);
    return state.Running && state.Pid !== before.State.Pid && restarts > before.RestartCount;
  });
  await untilReady(name);
}

async function killNine({ system, name, until }) {
  const before = await system.inspect(name);
  process.kill(before.State.Pid, 'SIGKILL');
  await untilStartedAgain(system, name, before, until);
}

/** What a process holds that the kernel can't take back, in bytes. */
function heldMemory(pid) {
  return Number(/^RssAnon:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

/** The limit is lowered to what is in use, then something small is started within: the kernel ends the largest, the service. */
async function outOfMemory({ system, name, until }) {
  const { docker, ids, inspect } = system;
  const before = await inspect(name);
  const setLimit = (bytes) =>
    docker(['update', '--memory', `${bytes}`, '--memory-swap', `${bytes}`, ids[name]], { mayFail: true });
  let room = 4 * megabyte;
  try {
    await until(`${name} is out of memory`, async () => {
      const { State: state, RestartCount: restarts } = await inspect(name);
      if (restarts > before.RestartCount || !state.Running) return true;
      // Too little room for what is in use is refused by the kernel: then more of it, step by step.
      const isTight = (await setLimit(heldMemory(state.Pid) + room)) !== '';
      room = isTight ? 4 * megabyte : room + 4 * megabyte;
      if (isTight) await docker(['exec', ids[name], 'node', '-e', '0'], { mayFail: true });
      return false;
    });
  } finally {
    await setLimit(before.HostConfig.Memory);
  }
  await untilStartedAgain(system, name, before, until);
}

async function cutOff({ system, name }) {
  const { docker, ids } = system;
  await docker(['network', 'disconnect', 'blog_default', ids[name]]);
  await delay(cutOffMs);
  await docker(['network', 'connect', '--alias', name, 'blog_default', ids[name]]);
  await system.untilReady(name);
}

const failures = { 'killed by SIGKILL': killNine, 'out of memory': outOfMemory, 'cut off from the network': cutOff };

/** Ends a container by SIGTERM and starts it again. Throws where it had to be killed, or took longer than it may. */
async function endAndStart(system, name) {
  const started = performance.now();
  await system.docker(['stop', '--time', '15', system.ids[name]]);
  const ms = performance.now() - started;
  const { State: state } = await system.inspect(name);
  await system.docker(['start', system.ids[name]]);
  await system.untilReady(name);
  assert.equal(state.ExitCode, 0);
  assert.ok(ms < longestStopMs, `it took ${Math.round(ms)} ms`);
}

const publishers = ['posts', 'comments', 'moderation'];

async function checkEnds({ system, check }) {
  for (const name of system.names) {
    await check(`${name} ends by SIGTERM with exit code 0 within 10 s, in the midst of requests`, () =>
      endAndStart(system, name),
    );
  }
  await system.docker(['pause', system.ids['event-bus']]);
  for (const name of publishers) {
    await check(`${name} ends so though the bus hangs`, () => endAndStart(system, name));
  }
  await system.docker(['unpause', system.ids['event-bus']]);
}

async function checkFailing({ system, check, until, load }) {
  for (const [words, fail] of Object.entries(failures)) {
    for (const name of system.names) {
      await check(`${name}, ${words}: it comes back, and more is acknowledged`, async () => {
        await fail({ system, name, until });
        await load.more(ackedPerFailure);
      });
    }
  }
}

/** Each container in turn is killed, runs out of memory and loses its network while readers write; then all is there. */
export async function checkFailures({ system, check, until }) {
  const load = createLoad(system);
  try {
    await checkFailing({ system, check, until, load });
    await checkEnds({ system, check });
    await check('after all that, more is acknowledged', () => load.more(ackedPerFailure));
  } finally {
    await load.stop();
  }
  await check('no answer was wrong: those that failed were of a process that was away', () =>
    assert.deepEqual(load.faults.map(String), []),
  );
  await check('everything that was acknowledged is there in the end', async () => {
    assert.ok(load.count > 300, `only ${load.count} were acknowledged`);
    await untilAllIsThere(system, load.acknowledged);
    console.log(`          ${load.count} posts and comments`);
  });
}
