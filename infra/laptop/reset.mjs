// npm run reset [-- --yes]: empties the data folder, after asking.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { failClearly } from './fail-clearly.mjs';
import { readSettings, refuseTakenPorts } from './run.mjs';

async function agrees(dataDir, names) {
  if (process.argv.includes('--yes')) return true;
  if (!process.stdin.isTTY)
    throw new Error('Nobody can be asked here. `npm run reset -- --yes` empties it without asking.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  console.log(`${dataDir} holds ${names.join(', ')}.`);
  const answer = await terminal.question('Delete all of it? There is no way back. (yes/no) ');
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}

await failClearly(async () => {
  const settings = readSettings([], process.env);
  await refuseTakenPorts(settings);
  const { dataDir } = settings;
  const names = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (names.length === 0) return console.log(`${dataDir} is empty already.`);
  if (!(await agrees(dataDir, names))) return console.log('Nothing was deleted.');
  for (const name of names) rmSync(join(dataDir, name), { recursive: true, force: true });
  console.log(`${dataDir} is empty now.`);
});
