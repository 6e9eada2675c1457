import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../laptop/processes.cjs';

const own: Record<string, string[]> = {
  'event-bus': ['event-bus/src/config.ts'],
  posts: ['posts/src/main.ts', 'posts/src/posting-limits.ts'],
  comments: ['comments/src/main.ts', 'comments/src/open-store.ts', 'comments/src/sending-limits.ts'],
  client: ['client/server/settings.ts'],
};
const shared = ['config', 'auth', 'bus-connection', 'doors/settings'].map((name) => `common/kit/src/${name}.ts`);

/** The settings that a service reads: those that its sources name. A misspelt one would be passed over in silence. */
export function settingsOf(service: string): Set<string> {
  const files = [...(own[service] ?? [`${service}/src/main.ts`]), ...shared];
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const names = [...text.matchAll(/^\s*([A-Z][A-Z_0-9]+):|\{ ([A-Z][A-Z_0-9]+): |, ([A-Z][A-Z_0-9]+): /gm)];
  return new Set(names.map(([, first, second, third]) => first ?? second ?? third ?? ''));
}

const spread = {
  processSettings: 'config',
  doorSettings: 'doors/settings',
  busSettings: 'bus-connection',
  authSettings: 'auth',
};

/** The settings in a source: keys in capitals. */
function namesIn(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const names = [...text.matchAll(/(?:^\s*|[{,] )([A-Z][A-Z_0-9]+): (?!string|number|boolean|readonly)/gm)];
  return names.map(([, name = '']) => name);
}

/** The settings that a service reads, and no other's: its own, and of the shared ones those that it takes. */
export function settingsReadBy(service: string): Set<string> {
  const files = own[service] ?? [`${service}/src/main.ts`];
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const taken = Object.entries(spread).filter(([name]) => text.includes(`...${name}`));
  return new Set([...files, ...taken.map(([, file]) => `common/kit/src/${file}.ts`)].flatMap(namesIn));
}
