// npm run bus -- <command>: the event bus from the command line, over its routes. See bus/usage.mjs for the commands.
import { parseArgs } from 'node:util';
import { createBusClient } from './bus/client.mjs';
import { commands } from './bus/commands.mjs';
import { usage } from './bus/usage.mjs';
import { failClearly } from './fail-clearly.mjs';
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
};

await failClearly(async () => {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name, ...names] = positionals;
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (!command) throw new Error(`${name === undefined ? 'What?' : `Unknown: ${name}.`}\n\n${usage}`);
  const url = process.env.EVENT_BUS_URL ?? urlsOf(portsFrom(process.env), process.env.HOST)['event-bus'];
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  await command({ bus: createBusClient(url, process.env.TOKEN), names, options: values, signal: ending.signal });
});
