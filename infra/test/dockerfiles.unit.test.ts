import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processes, root } from '../laptop/processes.cjs';
import { parseDockerfile } from './docker/dockerfile';
import { dockerfileFaults, sharedPart } from './docker/dockerfile-rules';

const services = [...new Set(processes.map(({ service }) => service))];
const read = (service: string): string => readFileSync(join(root, service, 'Dockerfile'), 'utf8');
const workspaces = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> }).packages,
).filter((path) => path !== '' && !path.includes('node_modules'));

describe('the Dockerfiles', () => {
  it.each(services)('of %s keep all rules', (service) => {
    expect(dockerfileFaults(parseDockerfile(read(service)), service)).toEqual([]);
  });

  it('begin with the same lines, so that all images share what takes longest', () => {
    const parts = services.map((service) => sharedPart(read(service)));
    expect(parts[0]).toMatch(/npm ci[^]*tsc -b common/);
    expect(new Set(parts).size).toBe(1);
  });

  it('know all packages of the repository: npm ci compares them with the lock file', () => {
    const part = sharedPart(read('posts'));
    expect(workspaces.filter((path) => !part.includes(`COPY ${path}/package.json ${path}/\n`))).toEqual([]);
  });

  it('get no file of this machine but sources', () => {
    const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['*', '**/node_modules', '**/dist', '**/data', '**/.env*', '**/*.db*', '**/test']),
    );
    // Whatever is new stays out until somebody lets it in.
    expect(lines.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
    const letIn = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(letIn.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(workspaces.filter((path) => !letIn.some((each) => `${path}/package.json`.startsWith(each)))).toEqual([]);
  });
});

describe('a fault in a Dockerfile is found', () => {
  it.each<[string, RegExp | string, string, string]>([
    ['one stage', /^FROM \$\{NODE_IMAGE\} AS build$/m, 'WORKDIR /', 'must have two stages'],
    ['an image by its own name', /^FROM \$\{NODE_IMAGE\}$/m, 'FROM node:latest', 'not from node:latest'],
    ['an image that floats', 'node:24-alpine', 'node:latest', 'ARG NODE_IMAGE'],
    ['packages without the lock file', 'npm ci --ignore', 'npm install --ignore', 'npm ci'],
    ['no secret for certificates', '--mount=type=secret,id=ca,target=/ca.pem ', '', 'must take the secret ca'],
    ['what only builds', ' --omit=dev', '', 'must leave out what only builds'],
    ['a build in the last stage', /^USER/m, 'RUN npm ci\nUSER', 'must build nothing in the last stage'],
    ['files of this machine', /^USER/m, 'COPY . .\nUSER', 'must copy from the first stage only'],
    ['the sources', 'COPY --from=build /run-time/', 'COPY --from=build /blog', 'must not copy the sources'],
    ['root', 'USER 1000:1000', 'USER 0', 'must run as a user by number'],
    ['a user by name', 'USER 1000:1000', 'USER node', 'must run as a user by number'],
    ['no user', 'USER 1000:1000', '', 'must run as a user by number'],
    ['a shell before node', /^CMD .*$/m, 'CMD node posts/dist/main.js', 'must run node itself'],
    ['npm before node', /^CMD .*$/m, 'CMD ["npm", "start"]', 'must run node itself'],
    ['another service', 'posts/dist/main.js', 'query/dist/main.js', 'must run main.js of its service'],
    ['another port', 'EXPOSE 4000', 'EXPOSE 4001', 'must expose 4000'],
    ['a check by curl', /CMD \["node", "-e", .*$/m, 'CMD curl -f http://localhost:4000', 'no curl'],
    ['no check', /^HEALTHCHECK .*\n.*\n/m, '', 'must check its health'],
    ['a process that only itself reaches', 'HOST=0.0.0.0', 'HOST=127.0.0.1', 'must set HOST=0.0.0.0'],
    ['a secret', /^USER/m, 'ENV BUS_SECRET=x\nUSER', 'must hold no secret'],
    ['a private key', /^USER/m, 'ENV AUTH_PRIVATE_KEY=x\nUSER', 'must hold no secret'],
    ['no licence', 'org.opencontainers.image.licenses', 'licence', 'has no label licenses'],
  ])('%s', (_title, from, to, fault) => {
    const text = read('posts');
    const planted = text.replace(from, to);
    expect(planted).not.toBe(text);
    expect(dockerfileFaults(parseDockerfile(planted), 'posts').join('\n')).toContain(fault);
  });
});
