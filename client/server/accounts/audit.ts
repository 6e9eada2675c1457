import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuditEntry } from './audit-entry';

export type Audited = Omit<AuditEntry, 'time'>;

export interface Audit {
  /** Adds an entry; resolves when it is on the disk. */
  add(entry: Audited): Promise<void>;
}

export interface AuditList {
  /** Oldest first. */
  entries: AuditEntry[];
  /** How many lines can't be read, as one that was torn by a crash. */
  damaged: number;
}

const newline = 0x0a;

/** Whether the file ends within a line: a process ended while it wrote it. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== newline;
}

/** Waits until the folder knows the file. Windows has no such thing, and writes it by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Who did what to accounts and to other people's texts: a file with one JSON object a line, which only grows and which only
 * its owner may read. Several processes may add to it, as each entry is one write at the end.
 */
export function createAudit({ file, now }: { file: string; now: () => Date }): Audit {
  let last: Promise<void> = Promise.resolve();

  async function append(entry: Audited): Promise<void> {
    const line = `${JSON.stringify(AuditEntry.parse({ time: now().toISOString(), ...entry }))}\n`;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a+', 0o600);
    try {
      await handle.chmod(0o600);
      const isNew = (await handle.stat()).size === 0;
      await handle.appendFile((await isTorn(handle)) ? `\n${line}` : line);
      await handle.sync();
      if (isNew) await syncFolder(dirname(file));
    } finally {
      await handle.close();
    }
  }

  return {
    add(entry) {
      const added = last.then(() => append(entry));
      // One entry that could not be written must not keep the next from it.
      last = added.catch(() => undefined);
      return added;
    },
  };
}

function parseLine(line: string): AuditEntry | undefined {
  try {
    return AuditEntry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** All entries of an audit file; none where there is no file. */
export async function readAudit(file: string): Promise<AuditList> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').filter((line) => line !== '');
  const entries = lines.map(parseLine).filter((entry) => entry !== undefined);
  return { entries, damaged: lines.length - entries.length };
}
