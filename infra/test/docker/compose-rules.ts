import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ProcessEntry, processes, root } from '../../laptop/processes.cjs';
import { settingsOf } from '../settings';

interface Container {
  image?: string;
  build?: { context: string; dockerfile: string };
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  privileged?: boolean;
  user?: string;
  restart?: string;
  mem_limit?: string;
  pids_limit?: number;
  stop_grace_period?: string;
  depends_on?: unknown;
  healthcheck?: { disable?: boolean };
  network_mode?: string;
}

export interface Compose {
  services: Record<string, Container>;
  volumes: Record<string, unknown>;
}

/** infra/compose.yaml with its anchors resolved. */
export function readCompose(): Compose {
  return parse(readFileSync(join(root, 'infra', 'compose.yaml'), 'utf8'), { merge: true }) as Compose;
}

type ComposeRule = (container: Container, entry: ProcessEntry, compose: Compose) => (string | false)[];

const hardened: ComposeRule = (container) => [
  container.read_only !== true && 'must have a read-only root file system',
  container.cap_drop?.join() !== 'ALL' && 'must drop all capabilities',
  (container.cap_add ?? []).length > 0 && 'must not add capabilities',
  container.security_opt?.includes('no-new-privileges:true') !== true && 'must not gain privileges',
  container.privileged === true && 'must not be privileged',
  container.user !== undefined && 'must keep the user of its image',
  container.network_mode !== undefined && 'must have a network of its own',
  container.mem_limit === undefined && 'has no limit of memory',
  container.pids_limit === undefined && 'has no limit of processes',
];

const life: ComposeRule = (container) => [
  container.restart !== 'unless-stopped' && 'must be started again when it ends',
  Number.parseInt(container.stop_grace_period ?? '10', 10) <= 10 && 'is killed before it can end',
  container.depends_on !== undefined && 'must need nobody in order to start',
  container.healthcheck?.disable === true && 'must be checked',
];

const ports: ComposeRule = ({ ports: published = [], environment = {} }, { port, portVariable, name, service }) => [
  published.join() !==
    `\${${service === 'client' ? 'HOST' : 'SERVICES_HOST'}:-127.0.0.1}:\${${portVariable}:-${port}}:${port}` &&
    `must publish ${port} to this machine only`,
  name !== service && environment['PORT'] !== String(port) && `must listen to ${port}`,
];

const images: ComposeRule = ({ image, build }, { service }) => [
  image !== `\${DOCKER_ID:-blog}/${service}:\${TAG:-latest}` && `must run the image of ${service}`,
  build?.dockerfile !== `${service}/Dockerfile` && 'must be built by its own Dockerfile',
  build !== undefined && !existsSync(join(root, 'infra', build.context, build.dockerfile)) && 'has no such Dockerfile',
];

const volumes: ComposeRule = ({ volumes: own = [] }, { service }, { volumes: all }) => [
  own.join() !== `${service}:/data` && 'must keep /data in the volume of its service',
  !(service in all) && `there is no volume ${service}`,
];

const settings: ComposeRule = ({ environment = {} }, { service }, compose) => {
  const known = settingsOf(service);
  const addresses = Object.values(environment).flatMap((value) => [...value.matchAll(/http:\/\/([a-z][\w-]*):(\d+)/g)]);
  return [
    service !== 'client' && 'AUTH_PRIVATE_KEY' in environment && 'must not have the private key',
    ...Object.keys(environment).map((name) => !known.has(name) && `has no setting ${name}`),
    ...addresses.map(([, host = '', port]) => {
      const peer = processes.find(({ name }) => name === host);
      const isThere = host in compose.services && String(peer?.port) === port;
      return !isThere && `nobody listens at ${host}:${port}`;
    }),
    ...Object.entries(environment).map(
      ([name, value]) => /SECRET|KEY/.test(name) && value !== `\${${name}:-}` && `${name} must come from outside`,
    ),
  ];
};

const rules = [hardened, life, ports, images, volumes, settings];

/** What is wrong with the compose file, one text per fault. */
export function composeFaults(compose: Compose): string[] {
  return processes.flatMap((entry) => {
    const container = compose.services[entry.name];
    if (!container) return [`${entry.name}: is missing`];
    const faults = rules.flatMap((rule) => rule(container, entry, compose));
    return faults.filter((fault) => fault !== false).map((fault) => `${entry.name}: ${fault}`);
  });
}
