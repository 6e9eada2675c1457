// npm run dev [-- names]: the same as npm start, from source: a change restarts the service, and the pages reload.
import { failClearly } from './fail-clearly.mjs';
import { installIfNeeded } from './install.mjs';
import { npmCommand } from './npm.mjs';
import { readSettings, refuseTakenPorts, runProcesses } from './run.mjs';

await failClearly(async () => {
  const settings = readSettings(process.argv.slice(2), process.env);
  await refuseTakenPorts(settings);
  await installIfNeeded();
  await runProcesses(settings, ({ service }) => {
    const [command, args, options] = npmCommand(['run', '--silent', 'dev', '-w', service]);
    return { command, args, options };
  });
});
