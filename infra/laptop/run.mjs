import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { authKeys, withoutKeys } from './auth-keys.cjs';
import { createLineFormat, wantsColour } from './log-lines.mjs';
import { takenPorts } from './ports.mjs';
import { addressesOf, chooseProcesses, environmentOf, portsFrom, processes, root, urlsOf } from './processes.cjs';
import { waitUntilReady } from './readiness.mjs';
import { createSupervisor } from './supervisor.mjs';

/** What the command line and the environment ask for. Throws an Error that says what is wrong with them. */
export function readSettings(args, env) {
  const host = env.HOST ?? 'localhost';
  const dataDir = resolve(root, env.DATA_DIR ?? 'data');
  return { entries: chooseProcesses(args), ports: portsFrom(env), host, dataDir, env };
}

/** Throws, naming port and service, if somebody else listens where one of ours should. */
export async function refuseTakenPorts({ entries, ports, host }) {
  const taken = await takenPorts(entries, ports, host);
  if (taken.length === 0) return;
  const lines = taken.map(({ name, portVariable }) => `  ${ports[name]} (${name}): ${portVariable} moves it elsewhere`);
  throw new Error(`Somebody else listens on these ports; is the blog running already?\n${lines.join('\n')}`);
}

/**
 * Runs the chosen processes until a signal stops them. `launcherOf(entry)` gives `{ command, args, options }`.
 * Prints "ready in … s" and the URLs when all are ready.
 */
export async function runProcesses(settings, launcherOf) {
  const { entries, ports, host, dataDir } = settings;
  mkdirSync(dataDir, { recursive: true });
  const hasClient = entries.some(({ service }) => service === 'client');
  const env = { ...withoutKeys(settings.env), ...authKeys(dataDir, settings.env, { hasClient }) };
  if (settings.env.AUTH_SECRET) console.log('AUTH_SECRET does nothing any more: a pair of keys has taken its place.');
  const format = createLineFormat({
    names: processes.map(({ name }) => name),
    colour: wantsColour(process.stdout, env),
  });
  const say = (name, line) => console.log(format(name, line));
  const supervisor = createSupervisor({
    commandOf: (entry) => ({ ...launcherOf(entry), env: environmentOf(entry.name, { ports, host, dataDir, env }) }),
    say,
  });
  const waiting = new AbortController();
  stopOnSignals(supervisor, waiting);
  for (const entry of entries) supervisor.start(entry);

  const all = urlsOf(ports, host);
  const urls = Object.fromEntries(entries.map(({ name }) => [name, all[name]]));
  const remind = (names) => console.log(`Not ready yet: ${names.join(', ')}`);
  try {
    await waitUntilReady(urls, { remind, signal: waiting.signal });
  } catch (error) {
    if (waiting.signal.aborted) return;
    throw error;
  }
  console.log(`\nready in ${(performance.now() / 1000).toFixed(1)} s\n\n${describeUrls(entries, urls)}\n`);
  console.log(`Data: ${dataDir}. Listening on ${addressesOf(host).join(' and ')}. Ctrl+C stops.\n`);
}

const pages = {
  client: ['the blog', ''],
  posts: ['posts', '/posts'],
  comments: ['comments', '/posts/<id>/comments'],
  'comments-2': ['', '/posts/<id>/comments'],
  'comments-3': ['', '/posts/<id>/comments'],
  query: ['posts with comments', '/posts'],
  moderation: ['moderation', '/readyz'],
  'event-bus': ['all events', '/events'],
};

function describeUrls(entries, urls) {
  return entries
    .toReversed()
    .sort((a, b) => Object.keys(pages).indexOf(a.name) - Object.keys(pages).indexOf(b.name))
    .map(({ name }) => `  ${pages[name][0].padEnd(20)} ${urls[name]}${pages[name][1]}`)
    .join('\n');
}

function stopOnSignals(supervisor, waiting) {
  let asked = false;
  const stop = async () => {
    // Asked twice: somebody is in a hurry.
    if (asked) return process.exit(1);
    asked = true;
    waiting.abort();
    console.log('\nStopping …');
    await supervisor.stopAll();
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => void stop());
  // npm's shell takes a SIGTERM for itself and doesn't pass it on: then we notice that our parent is gone.
  const { ppid } = process;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== ppid && !asked && void stop(), 500).unref();
  }
  process.on('exit', () => supervisor.killAll());
}
