// npm start [-- names]: installs and builds what is needed, then runs the blog from its compiled files.
import { buildIfNeeded } from './build.mjs';
import { failClearly } from './fail-clearly.mjs';
import { installIfNeeded } from './install.mjs';
import { argumentsOf } from './processes.cjs';
import { makeFirstAccount } from './first-account.mjs';
import { readSettings, refuseTakenPorts, runProcesses } from './run.mjs';

await failClearly(async () => {
  const settings = readSettings(process.argv.slice(2), process.env);
  await refuseTakenPorts(settings);
  await installIfNeeded();
  await buildIfNeeded();
  await makeFirstAccount(settings);
  await runProcesses(settings, ({ service }) => ({ command: process.execPath, args: argumentsOf(service) }));
});
