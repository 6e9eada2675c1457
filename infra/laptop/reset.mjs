// npm run reset [-- --yes]: empties the data folder, after asking.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { lockData } from './backup/exclusive.mjs';
import { isLock } from './backup/folder.mjs';
import { runCommand } from './command.mjs';
import { readSettings, refuseTakenPorts } from './run.mjs';

const usage = `npm run reset [-- --yes]

Empties the data folder (DATA_DIR, default ./data), after asking; with --yes without. Nothing may run on it.`;
const options = { yes: { type: 'boolean' } };

async function agrees(dataDir, names) {
  if (!process.stdin.isTTY)
    throw new Error('Nobody can be asked here. `npm run reset -- --yes` empties it without asking.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  console.log(`${dataDir} holds ${names.join(', ')}.`);
  const answer = await terminal.question('Delete all of it? There is no way back. (yes/no) ');
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}

await runCommand({ usage, options }, async ({ values }) => {
  const settings = readSettings([], process.env);
  await refuseTakenPorts(settings);
  const { dataDir } = settings;
  const names = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (names.length === 0) return console.log(`${dataDir} is empty already.`);
  if (!values.yes && !(await agrees(dataDir, names))) return console.log('Nothing was deleted.');
  const unlock = lockData(dataDir);
  try {
    // The locks last: a process that starts meanwhile waits until all else is gone, and looks for them anew.
    const all = readdirSync(dataDir);
    const locks = all.filter(isLock);
    const others = all.filter((name) => !isLock(name));
    // Windows deletes no file that is open.
    const inOrder = process.platform === 'win32' ? others : [...others, ...locks];
    for (const name of inOrder) rmSync(join(dataDir, name), { recursive: true, force: true });
  } finally {
    unlock();
  }
  console.log(`${dataDir} is empty now.`);
});
