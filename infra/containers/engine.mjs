import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { output } from './commands.mjs';

const forwarding = '/proc/sys/net/ipv4/ip_forward';
const startsWithinMs = 60_000;

/** The first of the names in the folders that package managers use, then on PATH: a bare client may come first there. */
function find(name) {
  const folders = ['/usr/bin', '/usr/sbin', ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** What is missing for an engine of our own, in words; undefined where nothing is. */
export function whyNoEngine() {
  if (process.platform !== 'linux') return 'this is no Linux';
  if (process.getuid?.() !== 0) return 'only root may start an engine';
  const missing = ['dockerd', 'docker', 'iptables', 'busybox'].filter((name) => find(name) === undefined);
  return missing.length === 0 ? undefined : `there is no ${missing.join(', no ')}`;
}

/** The engine changes these two for all of the machine. Gives a function that puts them back. */
async function rememberNetwork(iptables) {
  const ipForward = readFileSync(forwarding, 'utf8');
  const policyOf = async () => /^-P FORWARD (\w+)/m.exec(await output(iptables, ['-w', '-S', 'FORWARD']))?.[1];
  const policy = await policyOf();
  return async () => {
    if (policy !== undefined) await output(iptables, ['-w', '-P', 'FORWARD', policy]);
    writeFileSync(forwarding, ipForward);
    return readFileSync(forwarding, 'utf8') === ipForward && (await policyOf()) === policy;
  };
}

async function findCompose(docker, env) {
  const hasPlugin = (await output(docker, ['compose', 'version'], { env, mayFail: true })).includes('Compose');
  if (hasPlugin) return [docker, 'compose'];
  const compose = find('docker-compose');
  if (compose === undefined) throw new Error('There is neither the compose plugin nor docker-compose.');
  return [compose];
}

/**
 * An engine of our own: its images, containers and socket lie in `folder`, beside whatever engine the machine may have.
 * `docker(args, options)` and `compose(args, options)` run the clients against it; both give their output.
 */
export async function startEngine(folder) {
  mkdirSync(join(folder, 'config'), { recursive: true });
  const socket = `unix://${join(folder, 'engine.sock')}`;
  const putNetworkBack = await rememberNetwork(find('iptables'));
  const places = { 'data-root': 'data', 'exec-root': 'exec', pidfile: 'engine.pid' };
  const args = Object.entries(places).map(([option, name]) => `--${option}=${join(folder, name)}`);
  // No network of its own (docker0), which another engine may have: compose makes the one that is used.
  const daemon = spawn(find('dockerd'), [...args, `--host=${socket}`, '--bridge=none', '--log-level=warn'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const log = createWriteStream(join(folder, 'engine.log'));
  daemon.stdout.pipe(log);
  daemon.stderr.pipe(log);
  const ended = new Promise((resolve) => daemon.once('exit', resolve).once('error', resolve));

  const env = { ...process.env, DOCKER_HOST: socket, DOCKER_CONFIG: join(folder, 'config'), DOCKER_BUILDKIT: '1' };
  const client = (command, first) => (args, options) =>
    output(command, [...first, ...args], { ...options, env: { ...env, ...options?.env } });
  const docker = client(find('docker'), []);

  async function stop() {
    if (daemon.exitCode === null) process.kill(daemon.pid, 'SIGTERM');
    await ended;
    const isBack = await putNetworkBack();
    if (!isBack) throw new Error("The machine's ip_forward or its FORWARD policy is not what it was.");
  }

  const giveUpAt = Date.now() + startsWithinMs;
  while (!(await docker(['info', '--format', '{{.Driver}}'], { mayFail: true }))) {
    if (daemon.exitCode === null && Date.now() < giveUpAt) await delay(200);
    else {
      const words = readFileSync(join(folder, 'engine.log'), 'utf8').split('\n').slice(-20).join('\n');
      await stop();
      throw new Error(`The engine does not start:\n${words}`);
    }
  }
  const [composeCommand, ...composeFirst] = await findCompose(find('docker'), env);
  return { docker, compose: client(composeCommand, composeFirst), stop };
}
