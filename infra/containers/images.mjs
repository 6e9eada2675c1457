import { join } from 'node:path';
import { processes } from '../laptop/processes.cjs';

export const services = [...new Set(processes.map(({ service }) => service))];

const inMegabytes = (bytes) => `${(bytes / 1e6).toFixed(1).padStart(6)} MB`;

/** Builds the image of each service as the README says it, on `base`. `ca` is a file of certificates, where one is needed. */
export async function buildImages({ docker, root, base, ca }) {
  const secret = ca === undefined ? [] : ['--secret', `id=ca,src=${ca}`];
  for (const service of services) {
    const started = performance.now();
    const file = join(root, service, 'Dockerfile');
    // The registry of packages may be reachable by the machine's own network only.
    const args = [
      '--network=host',
      ...secret,
      '--build-arg',
      `NODE_IMAGE=${base}`,
      '-f',
      file,
      '-t',
      `blog/${service}`,
    ];
    await docker(['build', '--progress=plain', ...args, root]);
    console.log(`  built blog/${service} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

/** A line per image: how large it is, and how much of that is ours rather than the base's. */
export async function describeSizes({ docker, base }) {
  const sizeOf = async (tag) => Number(await docker(['image', 'inspect', '--format', '{{.Size}}', tag]));
  const baseSize = await sizeOf(base);
  const lines = [`  ${'base'.padEnd(12)} ${inMegabytes(baseSize)}`];
  for (const service of services) {
    const size = await sizeOf(`blog/${service}`);
    lines.push(`  ${service.padEnd(12)} ${inMegabytes(size)}, of which ours ${inMegabytes(size - baseSize)}`);
  }
  return lines.join('\n');
}
