import { readFileSync } from 'node:fs';
import { dataDirSetting, readConfig, urlSetting } from '@blog/kit';
import { z } from 'zod';
import { runAccountCommand } from './command';

const settings = z.object({ DATA_DIR: dataDirSetting, PUBLIC_URL: urlSetting('http://127.0.0.1:3000') });

const readPassword = (): string => readFileSync(0, 'utf8').replace(/\r?\n$/, '');

const { DATA_DIR: dataDir, PUBLIC_URL: publicUrl } = readConfig(settings, process.env);
runAccountCommand(process.argv.slice(2), { dataDir, publicUrl, readPassword, say: console.log }).catch(
  (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
