import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { output } from './commands.mjs';

const nodeMajor = 24;

/** Node as the npm registry has it: a package per platform. Gives the folder with bin/node. */
async function fetchNode(folder) {
  const name = `node-${process.platform}-${process.arch}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const npm = join(npmFolder(), 'bin', 'npm-cli.js');
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${nodeMajor}`];
  await output(process.execPath, [npm, ...args], { cwd: folder });
  return join(folder, 'node_modules', name);
}

/** Parts of the C library that Node itself doesn't load, but packages do. */
const moreOfLibc = ['librt.so.1', 'libresolv.so.2', 'libutil.so.1', 'libnss_files.so.2', 'libnss_dns.so.2'];

/** The files of shared libraries that a program loads, with the loader itself and the rest of the C library. */
async function librariesOf(program) {
  const lines = (await output('ldd', [program])).split('\n');
  const loaded = lines.map((line) => /(\/\S+) \(0x/.exec(line)?.[1]).filter((path) => path !== undefined);
  const folder = dirname(loaded.find((path) => basename(path).startsWith('libc.so')) ?? '/lib');
  return [...loaded, ...moreOfLibc.map((name) => join(folder, name)).filter((path) => existsSync(path))];
}

function copy(from, root, to = from) {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  cpSync(realpathSync(from), join(root, to), { recursive: true });
}

function npmFolder() {
  const script = process.env.npm_execpath ?? realpathSync(join(dirname(process.execPath), 'npm'));
  return dirname(dirname(realpathSync(script)));
}

async function linkApplets(root) {
  const applets = (await output(join(root, 'bin', 'busybox'), ['--list'])).split('\n');
  for (const name of applets.filter((name) => name !== 'busybox')) symlinkSync('busybox', join(root, 'bin', name));
  symlinkSync('/bin/busybox', join(root, 'usr', 'bin', 'env'));
}

function writeUsers(root) {
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'root'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
  writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\nnode:x:1000:\n');
  writeFileSync(join(root, 'etc', 'nsswitch.conf'), 'hosts: files dns\n');
}

/**
 * Makes an image that stands in for node:24-alpine where no registry of images is reached: Node, npm and busybox, with
 * this machine's libraries. Not proven by it: musl.
 */
export async function makeBaseImage({ docker, folder, tag }) {
  rmSync(folder, { recursive: true, force: true });
  const nodePackage = await fetchNode(join(folder, 'node'));
  const node = join(nodePackage, 'bin', 'node');
  const root = join(folder, 'root');
  copy(node, root, '/usr/local/bin/node');
  const npm = npmFolder();
  copy(npm, root, '/usr/local/lib/node_modules/npm');
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr', 'local', 'bin', name));
  }
  for (const library of await librariesOf(node)) copy(library, root);
  copy(existsSync('/bin/busybox') ? '/bin/busybox' : '/usr/bin/busybox', root, '/bin/busybox');
  mkdirSync(join(root, 'usr', 'bin'), { recursive: true });
  await linkApplets(root);
  writeUsers(root);
  await importImage({ docker, root, tag });
  return JSON.parse(readFileSync(join(nodePackage, 'package.json'), 'utf8')).version;
}

async function importImage({ docker, root, tag }) {
  const settings = ['ENV PATH=/usr/local/bin:/usr/bin:/bin', 'CMD ["node"]'];
  const changes = settings.flatMap((line) => ['--change', line]);
  const tar = spawn('tar', ['-C', root, '--owner=0', '--group=0', '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await docker(['import', ...changes, '-', tag], { input: tar.stdout });
}
