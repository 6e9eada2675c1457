import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processes, root } from '../laptop/processes.cjs';
import { readCompose } from './docker/compose-rules';
import { settingsReadBy } from './settings';

const services = [...new Set(processes.map(({ service }) => service))];
const list = readFileSync(join(root, 'docs/settings.md'), 'utf8');
/** By setting: who reads it, as its row has it. */
const rows = new Map(
  [...list.matchAll(/^\| `([A-Z_]+)` +\| [^|]*\| ([^|]*?) *\|/gm)].map(([, name = '', readers = '']) => [
    name,
    readers === 'all' ? services : readers.split(', '),
  ]),
);
/** Read to say that it does nothing. */
const ofEarlierVersions = ['AUTH_SECRET'];

describe('docs/settings.md', () => {
  it.each(services)('lists what this service reads, and nothing else: %s', (service) => {
    const listed = [...rows].filter(([, readers]) => readers.includes(service)).map(([name]) => name);
    const read = [...settingsReadBy(service)].filter((name) => !ofEarlierVersions.includes(name));
    expect(listed.sort()).toEqual(read.sort());
  });

  it.each(services)('is where the README of this service leads, which names no setting of others: %s', (service) => {
    const text = readFileSync(join(root, service, 'README.md'), 'utf8');
    expect(text).toContain('(../docs/settings.md)');
    const named = [...text.matchAll(/`([A-Z][A-Z_]+)(?:=[^`]*)?`/g)]
      .map(([, name = '']) => name)
      .filter((name) => rows.has(name));
    expect(named.filter((name) => !settingsReadBy(service).has(name))).toEqual([]);
  });
});

describe('compose', () => {
  /** Of the image, or of who writes a compose file of their own. */
  const notPassed = ['HOST', 'PORT', 'DATA_DIR', 'EVENT_TYPES', ...ofEarlierVersions];

  it.each(processes.map(({ name, service }) => ({ name, service })))(
    'passes each setting on to $name',
    ({ name, service }) => {
      const passed = Object.keys(readCompose().services[name]?.environment ?? {});
      const read = [...settingsReadBy(service)].filter((setting) => !notPassed.includes(setting));
      expect(read.filter((setting) => !passed.includes(setting))).toEqual([]);
    },
  );
});
