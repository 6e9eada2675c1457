/** What the programs of other blogs let a folder or the whole site say for posts: here only that they are hidden, and Jekyll's addresses. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { decodeUtf8 } from './decode.mjs';
import { readFrontMatter } from './front-matter.mjs';
import { normalKey } from './hiding.mjs';

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function read(path, parseText) {
  if (!existsSync(path)) return undefined;
  try {
    return parseText(decodeUtf8(readFileSync(path)));
  } catch (error) {
    throw new Error(`${path} can not be read: ${error.message}`, { cause: error });
  }
}

/** Hugo: `cascade` in the `_index.md` of a folder. A target is not looked at: what may hide a post does. */
function cascadeOf(path) {
  const { matter } = read(path, (text) => readFrontMatter(path, text)) ?? { matter: {} };
  const all = [matter.cascade ?? []].flat().filter(isObject);
  return all.flatMap((values) => [values, ...(isObject(values.params) ? [values.params] : [])]);
}

/** Eleventy: data files of a folder. One in JavaScript can't be read: if it speaks of hiding, it hides. */
function dataOf(folder) {
  const name = join(folder, basename(folder));
  const json = [`${name}.json`, `${name}.11tydata.json`].map((path) => read(path, JSON.parse)).filter(isObject);
  const scripts = ['js', 'cjs', 'mjs'].map((end) => read(`${name}.11tydata.${end}`, (text) => text));
  const hides = scripts.some((text) => /draft|permalink|exclude|publish|private/i.test(text ?? ''));
  return [...json, ...(hides ? [{ draft: true }] : [])];
}

/** Jekyll: `_config.yml`. */
export const siteOf = (folder) => {
  const site = ['_config.yml', '_config.yaml']
    .map((name) => read(join(folder, name), (text) => parse(text)))
    .find(isObject);
  return site ?? {};
};

const defaultsOf = (site, path) =>
  (Array.isArray(site.defaults) ? site.defaults : [])
    .filter((entry) => isObject(entry?.values) && path.startsWith(String(entry.scope?.path ?? '')))
    .map(({ values }) => values);

/** The values that hold for a file unless it says so itself, the nearest last. `known` keeps what was read of folders. */
export function createDefaults(folder) {
  const site = siteOf(folder);
  const known = new Map();
  const ofFolder = (path) => {
    if (!known.has(path)) known.set(path, [...cascadeOf(join(path, '_index.md')), ...dataOf(path)]);
    return known.get(path);
  };
  return (path, matter) => {
    const parts = path.split('/').slice(0, -1);
    const folders = parts.map((_, index) => join(folder, ...parts.slice(0, index + 1)));
    const values = [...defaultsOf(site, path), ...[folder, ...folders].flatMap(ofFolder)];
    const own = new Set(Object.keys(matter).map(normalKey));
    const entries = values.flatMap((one) => Object.entries(one)).filter(([key]) => !own.has(normalKey(key)));
    return Object.fromEntries(entries);
  };
}
