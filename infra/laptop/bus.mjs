// npm run bus -- <command>: the event bus from the command line, over its routes. See bus/usage.mjs for the commands.
import { createBusClient } from './bus/client.mjs';
import { commands } from './bus/commands.mjs';
import { usage } from './bus/usage.mjs';
import { runCommand } from './command.mjs';
import { portsFrom, urlsOf } from './processes.cjs';

const type = 'string';
const options = {
  group: { type },
  reason: { type },
  key: { type },
  state: { type },
  from: { type },
  type: { type, multiple: true },
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  data: { type },
  mend: { type: 'boolean' },
};

await runCommand({ usage, options, names: [0, Infinity] }, async ({ values, names: [name, ...names] }) => {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (!command) throw new Error(`${name === undefined ? 'What?' : `Unknown: ${name}.`}\n\n${usage}`);
  const url = process.env.EVENT_BUS_URL ?? urlsOf(portsFrom(process.env), process.env.HOST)['event-bus'];
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  await command({ bus: createBusClient(url, process.env.TOKEN), names, options: values, signal: ending.signal });
});
