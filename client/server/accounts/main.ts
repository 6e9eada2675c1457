import { readFileSync } from 'node:fs';
import { dataDirSetting, privateKeySetting, publicUrlSetting, readConfig } from '@blog/kit';
import { z } from 'zod';
import { runAccountCommand } from './command';

const settings = z.object({
  DATA_DIR: dataDirSetting,
  PUBLIC_URL: publicUrlSetting,
  AUTH_PRIVATE_KEY: privateKeySetting,
});

const readPassword = (): string => readFileSync(0, 'utf8').replace(/\r?\n$/, '');

async function main(): Promise<void> {
  const { DATA_DIR: dataDir, PUBLIC_URL: publicUrl, AUTH_PRIVATE_KEY: key } = readConfig(settings, process.env);
  await runAccountCommand(process.argv.slice(2), { dataDir, publicUrl, key, readPassword, say: console.log });
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
