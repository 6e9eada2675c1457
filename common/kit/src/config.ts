import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The settings are wrong. The message lists every fault, one per setting, so that one start shows them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Record<string, string | undefined>;

/** The values that a schema's settings have in an environment or in the files that it names, and what is wrong with these. */
function valuesOf(names: readonly string[], env: Environment): { values: Record<string, string>; faults: string[] } {
  const values: Record<string, string> = {};
  const faults: string[] = [];
  for (const name of names) {
    const value = env[name] ?? '';
    const file = env[`${name}_FILE`] ?? '';
    if (value !== '') values[name] = value;
    if (file === '') continue;
    if (value !== '') {
      faults.push(`${name}_FILE: ${name} is set too; set one of them`);
      continue;
    }
    try {
      const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      if (text !== '') values[name] = text;
    } catch (error) {
      faults.push(`${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  }
  return { values, faults };
}

/**
 * Reads the settings once, from an environment, against a schema of them. Any of them may lie in a file instead, as secrets
 * are mounted into containers: `<name>_FILE` is its path, and a line break at its end doesn't count.
 * An empty value counts as absent. Throws {@link ConfigError} listing all that is wrong.
 */
export function readConfig<S extends z.ZodObject>(schema: S, env: Environment): z.output<S> {
  const { values, faults } = valuesOf(Object.keys(schema.shape), env);
  const result = schema.safeParse(values);
  if (result.success && faults.length === 0) return result.data;
  for (const issue of result.error?.issues ?? []) {
    const name = String(issue.path[0]);
    const isMissing = values[name] === undefined;
    // Why it is missing has been said.
    if (isMissing && faults.some((fault) => fault.startsWith(`${name}_FILE:`))) continue;
    faults.push(`${issue.path.map(String).join('.')}: ${isMissing ? 'missing' : issue.message}`);
  }
  throw new ConfigError(faults.join('; '));
}

/** A TCP port; 0 lets the system choose. */
export function portSetting(fallback: number) {
  return z.coerce
    .number('not a number')
    .int('not a whole number')
    .min(0, 'not a port')
    .max(65535, 'not a port')
    .default(fallback);
}

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'not an http(s) URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** A base URL of a peer, kept without a slash at its end. */
export function urlSetting(fallback: string) {
  return httpUrl.default(fallback);
}

/**
 * The address under which readers reach the blog. A path is refused: pages, feeds and cookies are made for the root of a
 * host, and would be half right below a path.
 */
export const publicUrlSetting = httpUrl
  .refine((text) => {
    const { pathname, search, hash, username, password } = new URL(text);
    return pathname === '/' && search + hash + username + password === '';
  }, 'must be an address without a path, as https://blog.example')
  .default('http://127.0.0.1:3000');

/** Base URLs of peers that stand for one another, separated by commas. */
export function urlListSetting(fallback: readonly string[]) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(httpUrl).min(1))
    .default([...fallback]);
}

/** Secrets, separated by commas or spaces; none where it isn't set. */
export const secretsSetting = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(z.string().min(16, 'a secret must have at least 16 characters')))
  .default([]);

/** The settings of every process. Locally a process listens on both loopback addresses unless HOST says otherwise. */
export function processSettings(port: number) {
  return {
    PORT: portSetting(port),
    HOST: z.string().default('localhost'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  };
}

/** What the blog is called: the same in its pages and in its feeds. */
export const blogNameSetting = z.string().max(100, 'must be at most 100 characters').default('The Microservices Blog');

/** The settings of a process with a database: a folder that holds `<service>.db`. */
export const dataDirSetting = z.string().default('data');
