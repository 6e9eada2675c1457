import { basename } from 'node:path';
import { argumentsOf, type ServiceName } from '../../laptop/processes.cjs';
import { portOf } from '../kubernetes/cluster-rules';
import { argumentsOfInstruction, execForm, flagOf, ofKind, type ParsedDockerfile } from './dockerfile';

/** What is wrong with a service's Dockerfile, one text per fault. */
type DockerfileRule = (file: ParsedDockerfile, service: ServiceName) => (string | false)[];

const nodeImage = /^ARG NODE_IMAGE=node:\d+-alpine$/m;
const bases: DockerfileRule = ({ text, stages }) => [
  stages.length !== 2 && 'must have two stages',
  !nodeImage.test(text.split(/^FROM/m, 1)[0] ?? '') && 'must name its Node by ARG NODE_IMAGE',
  ...stages.map(({ base }) => base !== '${NODE_IMAGE}' && `must start from NODE_IMAGE, not from ${base}`),
];

const packages: DockerfileRule = ({ stages: [build] }) => {
  const runs = ofKind(build, 'RUN');
  const installs = runs.filter((run) => /\bnpm (ci|install|i)\b/.test(argumentsOfInstruction(run)));
  return [
    installs.length === 0 && 'must install its packages',
    ...runs.map(
      (run) => /\bnpm (install|i)\b/.test(argumentsOfInstruction(run)) && 'must install by the lock file: npm ci',
    ),
    ...installs.map((run) => !/--mount=type=secret,id=ca,/.test(run.getTextContent()) && 'must take the secret ca'),
    installs.every((run) => !/--omit=dev/.test(argumentsOfInstruction(run))) && 'must leave out what only builds',
  ];
};

const onlyWhatRuns: DockerfileRule = ({ stages }) => {
  const last = stages.at(-1);
  return [
    ofKind(last, 'RUN').length > 0 && 'must build nothing in the last stage',
    ofKind(last, 'ADD').length > 0 && 'must not ADD',
    ...ofKind(last, 'COPY').map((copy) => flagOf(copy, 'from') !== 'build' && 'must copy from the first stage only'),
    ...ofKind(last, 'COPY').map(
      (copy) => argumentsOfInstruction(copy).startsWith('/blog') && 'must not copy the sources',
    ),
  ];
};

const user: DockerfileRule = ({ stages }) => {
  const users = ofKind(stages.at(-1), 'USER').map(argumentsOfInstruction);
  return [!/^[1-9]\d*(:[1-9]\d*)?$/.test(users.at(-1) ?? '') && 'must run as a user by number, and not as root'];
};

const command: DockerfileRule = ({ stages }, service) => {
  const last = stages.at(-1);
  const words = execForm(ofKind(last, 'CMD').at(-1));
  const options = argumentsOf(service).slice(0, -1);
  const entry = argumentsOf(service).at(-1) ?? '';
  return [
    words?.[0] !== 'node' && 'must run node itself (exec form), so that it gets the signals',
    ofKind(last, 'ENTRYPOINT').length > 0 && 'needs no ENTRYPOINT',
    words !== undefined &&
      words.slice(1, -1).join(' ') !== options.join(' ') &&
      `must run node as npm start does: ${options.join(' ')}`,
    words !== undefined &&
      !entry.replaceAll('\\', '/').endsWith(`/${words.at(-1)}`) &&
      `must run ${basename(entry)} of its service`,
    ofKind(last, 'STOPSIGNAL').map(argumentsOfInstruction).join() !== 'SIGTERM' && 'must be stopped by SIGTERM',
  ];
};

const port: DockerfileRule = ({ stages }, service) => {
  const exposed = ofKind(stages.at(-1), 'EXPOSE').map(argumentsOfInstruction).join();
  return [exposed !== String(portOf(service)) && `must expose ${portOf(service)}, not ${exposed || 'nothing'}`];
};

const health: DockerfileRule = ({ stages }) => {
  const check = ofKind(stages.at(-1), 'HEALTHCHECK').at(-1);
  const words = execForm(check);
  return [
    words?.[0] !== 'node' && 'must check its health by node itself: the image has no curl',
    words !== undefined && !/process\.env\.PORT \+ '\/readyz'/.test(words.at(-1) ?? '') && 'must ask its own /readyz',
  ];
};

const environment: DockerfileRule = ({ stages }, service) => {
  const text = ofKind(stages.at(-1), 'ENV').map(argumentsOfInstruction).join(' ');
  const wanted = [
    'NODE_ENV=production',
    'HOST=0.0.0.0',
    `PORT=${portOf(service)}`,
    'DATA_DIR=/data',
    'SQLITE_TMPDIR=/data',
  ];
  return [
    ...wanted.map((setting) => !text.split(/\s+/).includes(setting) && `must set ${setting}`),
    ...stages.map(
      (stage) =>
        [...ofKind(stage, 'ENV'), ...ofKind(stage, 'ARG')].some((each) =>
          /SECRET|TOKEN|PASSWORD|PRIVATE_KEY/.test(argumentsOfInstruction(each)),
        ) && 'must hold no secret',
    ),
  ];
};

const labelled = ['title', 'description', 'licenses', 'version', 'revision'];
const labels: DockerfileRule = ({ stages }, service) => {
  const text = ofKind(stages.at(-1), 'LABEL').map(argumentsOfInstruction).join(' ');
  return [
    ...labelled.map((name) => !text.includes(`org.opencontainers.image.${name}=`) && `has no label ${name}`),
    !text.includes(`image.title="${service}"`) && 'must have its service as title',
  ];
};

const rules = { bases, packages, onlyWhatRuns, user, command, port, health, environment, labels };

export function dockerfileFaults(file: ParsedDockerfile, service: ServiceName): string[] {
  const faults = Object.values(rules).flatMap((rule) => rule(file, service));
  return [...new Set(faults.filter((fault) => fault !== false))];
}

/** All from the first stage's beginning to the first empty line: what images share, so that it is built once. */
export function sharedPart(text: string): string {
  const from = text.indexOf('FROM');
  return text.slice(from, text.indexOf('\n\n', from));
}
