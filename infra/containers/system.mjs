import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newKeys } from '../laptop/auth-keys.cjs';
import { processes, urlsOf } from '../laptop/processes.cjs';

const pollMs = 100;

/** Asks again and again until `check` gives something true; throws what is still wrong after `withinMs`. */
export async function until(fact, check, withinMs = 60_000) {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const outcome = await Promise.resolve()
      .then(check)
      .catch((error) => ({ error }));
    if (outcome && outcome.error === undefined) return outcome;
    if (Date.now() > giveUpAt) throw new Error(`Not within ${withinMs / 1000} s: ${fact}`, { cause: outcome?.error });
    await delay(pollMs);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The system of infra/compose.yaml on ports that are free here, with keys and a secret, so that tokens count and the bus signs. */
export async function createComposed({ docker, compose, root, secret }) {
  const ports = {};
  for (const { name } of processes) ports[name] = await freePort();
  const settings = Object.fromEntries(processes.map(({ name, portVariable }) => [portVariable, String(ports[name])]));
  const { privateKey, publicKey } = newKeys();
  const secrets = { AUTH_PRIVATE_KEY: privateKey, AUTH_PUBLIC_KEYS: publicKey, BUS_SECRET: secret };
  const noLimits = { COMMENTS_PER_MINUTE: '0', COMMENTS_PER_HOUR: '0', POSTS_PER_MINUTE: '0', POSTS_PER_HOUR: '0' };
  const env = { ...settings, ...secrets, ...noLimits, HOST: '127.0.0.1', LOG_LEVEL: 'info' };
  const run = (args, options) =>
    compose(['-p', 'blog', '-f', join(root, 'infra/compose.yaml'), ...args], { ...options, env });
  const urls = urlsOf(ports);
  const names = processes.map(({ name }) => name);
  const ids = {};

  const isReady = async (name) => (await fetch(`${urls[name]}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  const inspect = async (name) => JSON.parse(await docker(['inspect', ids[name]]))[0];

  return {
    names,
    urls,
    docker,
    /** The container's id by process name; known once it is up. */
    ids,
    inspect,
    untilReady: (name) => until(`${name} is ready`, () => isReady(name)),
    async up() {
      await run(['up', '-d', '--no-build']);
      for (const name of names) ids[name] = await run(['ps', '-q', name]);
      await Promise.all(names.map((name) => until(`${name} is ready`, () => isReady(name))));
    },
    logs: (name, ...options) => docker(['logs', ...options, ids[name]]),
    /** Runs a script of node within the container, and gives what it prints. */
    evaluate: (name, script) => docker(['exec', ids[name], 'node', '-e', script]),
    down: () => run(['down', '--volumes', '--remove-orphans']),
  };
}
