import { processes } from '../laptop/processes.cjs';
import { type Compose, composeFaults, readCompose } from './docker/compose-rules';

/** The peers that a process needs and must be told of, as nobody listens on its own machine. */
const peers = {
  'event-bus': ['SUBSCRIPTIONS'],
  posts: ['EVENT_BUS_URL'],
  client: ['POSTS_URL', 'COMMENTS_URLS', 'QUERY_URL', 'MODERATION_URL'],
};

describe('the compose file', () => {
  it('keeps all rules for each process of the process table, and has no other', () => {
    const compose = readCompose();
    expect(Object.keys(compose.services).sort()).toEqual(processes.map(({ name }) => name).sort());
    expect(composeFaults(compose)).toEqual([]);
  });

  it('tells each process where its peers are', () => {
    const { services } = readCompose();
    for (const [name, variables] of Object.entries(peers)) {
      expect(Object.keys(services[name]?.environment ?? {})).toEqual(expect.arrayContaining(variables));
    }
    const groups = JSON.parse(services['event-bus']?.environment?.['SUBSCRIPTIONS'] ?? '') as object;
    expect(Object.keys(groups).sort()).toEqual(['comments', 'moderation', 'query']);
  });
});

describe('a fault in the compose file is found', () => {
  it.each<[string, (compose: Compose['services']) => void, string]>([
    ['a process that is missing', (all) => delete all['query'], 'query: is missing'],
    ['a writable file system', (all) => delete all['posts']?.read_only, 'posts: must have a read-only'],
    ['capabilities', (all) => delete all['posts']?.cap_drop, 'posts: must drop all capabilities'],
    ['new privileges', (all) => delete all['posts']?.security_opt, 'posts: must not gain privileges'],
    ['root', (all) => Object.assign(all['posts'] ?? {}, { user: '0' }), 'posts: must keep the user of its image'],
    [
      'the host’s network',
      (all) => Object.assign(all['posts'] ?? {}, { network_mode: 'host' }),
      'a network of its own',
    ],
    ['no limit', (all) => delete all['posts']?.mem_limit, 'posts: has no limit of memory'],
    ['no restart', (all) => delete all['posts']?.restart, 'posts: must be started again'],
    ['too little time to end', (all) => delete all['posts']?.stop_grace_period, 'posts: is killed before it can end'],
    ['an order of starts', (all) => Object.assign(all['posts'] ?? {}, { depends_on: ['x'] }), 'must need nobody'],
    [
      'a port open to the world',
      (all) => Object.assign(all['posts'] ?? {}, { ports: ['4000:4000'] }),
      'must publish 4000',
    ],
    [
      'an inner door that is published with the readers’ one',
      (all) => Object.assign(all['event-bus'] ?? {}, { ports: ['${HOST:-127.0.0.1}:${EVENT_BUS_PORT:-4005}:4005'] }),
      'event-bus: must publish 4005',
    ],
    [
      'two replicas on one port',
      (all) => delete all['comments-2']?.environment?.['PORT'],
      'comments-2: must listen to 4006',
    ],
    [
      'a volume of another',
      (all) => Object.assign(all['posts'] ?? {}, { volumes: ['query:/data'] }),
      'volume of its service',
    ],
    [
      'an address of nobody',
      (all) => Object.assign(all['posts']?.environment ?? {}, { EVENT_BUS_URL: 'http://bus:4005' }),
      'nobody listens at bus:4005',
    ],
    [
      'a setting of nobody',
      (all) => Object.assign(all['posts']?.environment ?? {}, { LOGLEVEL: 'info' }),
      'has no setting LOGLEVEL',
    ],
    [
      'a secret in the file',
      (all) => Object.assign(all['posts']?.environment ?? {}, { BUS_SECRET: 'x' }),
      'must come from outside',
    ],
    [
      'a key in the file',
      (all) => Object.assign(all['client']?.environment ?? {}, { AUTH_PRIVATE_KEY: 'x' }),
      'must come from outside',
    ],
    [
      'the private key where tokens are only verified',
      (all) => Object.assign(all['posts']?.environment ?? {}, { AUTH_PRIVATE_KEY: '${AUTH_PRIVATE_KEY:-}' }),
      'posts: must not have the private key',
    ],
  ])('%s', (_title, change, fault) => {
    // Anchors share objects: each fault is planted in one place only.
    const compose = structuredClone(JSON.parse(JSON.stringify(readCompose())) as Compose);
    change(compose.services);
    expect(composeFaults(compose).join('\n')).toContain(fault);
  });
});
