/**
 * The process table: which processes the blog consists of, their ports, and the settings that tie them together.
 * It is the only place that knows; start, dev and the e2e harness read it. (CommonJS, so that jest can load it too.)
 */
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '../..');

/** In the order of start; stopped in reverse. `portVariable` names the setting that moves the process to another port. */
const processes = [
  { name: 'event-bus', service: 'event-bus', port: 4005, portVariable: 'EVENT_BUS_PORT' },
  { name: 'posts', service: 'posts', port: 4000, portVariable: 'POSTS_PORT' },
  { name: 'comments', service: 'comments', port: 4001, portVariable: 'COMMENTS_PORT' },
  { name: 'comments-2', service: 'comments', port: 4006, portVariable: 'COMMENTS_2_PORT' },
  { name: 'comments-3', service: 'comments', port: 4007, portVariable: 'COMMENTS_3_PORT' },
  { name: 'moderation', service: 'moderation', port: 4003, portVariable: 'MODERATION_PORT' },
  { name: 'query', service: 'query', port: 4002, portVariable: 'QUERY_PORT' },
  { name: 'client', service: 'client', port: 3000, portVariable: 'CLIENT_PORT' },
];

/** The groups at the bus, each a service: those that listen. The same as the bus's own default, for whatever ports there are. */
const groups = ['comments', 'moderation', 'query'];

/**
 * The processes meant by names on a command line: none = all; a service's name = all its processes; `comments-1` to `comments-3`
 * = that replica alone. Throws an Error that lists the known names when one is unknown.
 */
function chooseProcesses(names) {
  const known = [...new Set([...processes.map((entry) => entry.service), ...processes.map(aloneName)])];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  if (names.length === 0) return processes;
  return processes.filter((entry) => names.includes(aloneName(entry)) || names.includes(entry.service));
}

/** What a process is called that is meant alone: the first of several replicas has the name of all of them. */
function aloneName({ name, service }) {
  const isOneOfSeveral = processes.filter((entry) => entry.service === service).length > 1;
  return isOneOfSeveral && name === service ? `${name}-1` : name;
}

/** Port by process name: the table's, or what `env` sets instead (POSTS_PORT=5000). Throws when one is no port number. */
function portsFrom(env) {
  return Object.fromEntries(processes.map((entry) => [entry.name, portFrom(entry, env)]));
}

function portFrom({ port, portVariable }, env) {
  const text = env[portVariable] ?? '';
  if (text === '') return port;
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65535) {
    throw new Error(`${portVariable}: "${text}" is not a port number`);
  }
  return Number(text);
}

/** The addresses that a process listens on for a HOST: for `localhost` both of this machine. */
function addressesOf(host) {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}

/** The address peers use for a process that listens on `host`: a wildcard is reached over loopback. */
function reachable(host) {
  return ['localhost', '0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host;
}

/** `http://…` by process name. */
function urlsOf(ports, host = 'localhost') {
  return Object.fromEntries(processes.map(({ name }) => [name, `http://${reachable(host)}:${ports[name]}`]));
}

/**
 * All settings of a process. Whatever `env` already sets (except PORT, which can't be meant for all) wins. `present` names the
 * processes that peers shall know of; all unless said otherwise.
 */
function environmentOf(name, { ports, host = 'localhost', dataDir, env = {}, present }) {
  const urls = urlsOf(ports, host);
  const peers = processes.filter((entry) => present === undefined || present.includes(entry.name));
  const urlsOfService = (service) =>
    peers.filter((entry) => entry.service === service).map((entry) => urls[entry.name]);
  // Query may be another's, as the course's, which reads the history when it starts.
  const more = { query: { catchUp: 'auto' } };
  const subscriptions = Object.fromEntries(
    groups
      .map((group) => [group, { endpoints: urlsOfService(group).map((url) => `${url}/events`), ...more[group] }])
      .filter(([, { endpoints }]) => endpoints.length > 0),
  );
  const settings = {
    EVENT_BUS_URL: urls['event-bus'],
    SUBSCRIPTIONS: JSON.stringify(subscriptions),
    POSTS_URL: urls.posts,
    COMMENTS_URLS: urlsOfService('comments').join(','),
    QUERY_URL: urls.query,
    MODERATION_URL: urls.moderation,
    PUBLIC_URL: urls.client,
    ...env,
    HOST: host,
    PORT: String(ports[name]),
    DATA_DIR: dataDir,
  };
  if (name === 'client') return settings;
  // Who has the private key may be anybody: the services only verify.
  const { AUTH_PRIVATE_KEY: _key, AUTH_PRIVATE_KEY_FILE: _file, ...others } = settings;
  return others;
}

/** The compiled entry point of a service, as an absolute path. */
function entryOf(service) {
  return join(root, service, 'dist', service === 'client' ? 'server/main.js' : 'main.js');
}

/**
 * How node runs a compiled service. A small young generation: an idle process keeps 16 to 30 MB less, and requests are so small
 * that collecting it more often costs little. Not so at the bus, which holds each event for a moment: with 4 MB it spent a fifth of
 * its time on that (npm run bench -- bus --only course,single). What events leave behind in its old generation is collected sooner
 * than by default. Both bounds are there for the memory that a million waiting events take (npm run bench -- backlog): without the
 * first it is 300 MB on Node 24, without the second 35 to 50 MB more on any.
 */
function argumentsOf(service) {
  const memory =
    service === 'event-bus' ? ['--max-semi-space-size=8', '--heap-growing-percent=130'] : ['--max-semi-space-size=1'];
  return [...memory, entryOf(service)];
}

module.exports = {
  root,
  processes,
  chooseProcesses,
  portsFrom,
  addressesOf,
  reachable,
  urlsOf,
  environmentOf,
  entryOf,
  argumentsOf,
};
