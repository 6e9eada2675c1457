import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { roles } from '@blog/kit';
import { z } from 'zod';

const Account = z.object({
  name: z.string(),
  roles: z.array(z.enum(roles)),
  /** See `passwords.ts`. */
  password: z.string(),
  createdAt: z.iso.datetime(),
  /**
   * Becomes another, never used before, with each change that ends what was handed out to the account: its sessions, links
   * and tokens hold the generation that they were made for. Accounts of earlier versions begin with this one.
   */
  generation: z.string().default('first'),
});
export type Account = z.output<typeof Account>;

const Session = z.object({
  /** The SHA-256 of what the browser has. */
  id: z.string(),
  name: z.string(),
  generation: z.string(),
  expiresAt: z.iso.datetime(),
});
export type StoredSession = z.output<typeof Session>;

const Content = z.object({
  accounts: z.array(Account).default([]),
  /** One-time links to sign in: the SHA-256 of each one's code. */
  links: z.array(z.object({ hash: z.string(), name: z.string(), expiresAt: z.iso.datetime() })).default([]),
  sessions: z.array(Session).default([]),
  /** The id of the key that signed tokens when the client last started. */
  keyId: z.string().optional(),
});
export type Content = z.output<typeof Content>;

export interface AccountsFile {
  /** What is there; nothing where there is no file. It is read again only where it has changed. */
  read(): Promise<Content>;
  /** Changes it as a whole: one change after the other, also of several processes. */
  change<T>(change: (content: Content) => T): Promise<T>;
}

/** A lock that was left behind by a process that was killed counts no more after this time. */
const staleLockMs = 10_000;

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await (await open(path, 'wx')).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const age = await stat(path)
        .then(({ mtimeMs }) => Date.now() - mtimeMs)
        .catch(() => 0);
      if (age > staleLockMs) await rm(path, { force: true });
      else await delay(20);
    }
  }
}

async function load(file: string): Promise<Content> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '{}';
    throw error;
  });
  try {
    return Content.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`the accounts file ${file} can't be read`, { cause: error });
  }
}

/** The accounts in one JSON file that only its owner may read. It is replaced, never half written. */
export function openAccountsFile(file: string): AccountsFile {
  let known: { stamp: string; content: Promise<Content> } | undefined;

  const stampOf = (): Promise<string> =>
    stat(file)
      .then(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`)
      .catch(() => 'none');

  return {
    async read() {
      const stamp = await stampOf();
      if (known?.stamp !== stamp) known = { stamp, content: load(file) };
      return known.content;
    },
    async change(change) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const unlock = await lock(`${file}.lock`);
      try {
        const content = await load(file);
        const result = change(content);
        const next = `${file}.${randomUUID()}`;
        await writeFile(next, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true });
        await chmod(next, 0o600);
        await rename(next, file);
        known = undefined;
        return result;
      } finally {
        await unlock();
      }
    },
  };
}
