import { parseArgs } from 'node:util';
import { failClearly } from './fail-clearly.mjs';

const asksForHelp = (args) => args.some((arg) => arg === '--help' || arg === '-h');

/** What stands on the command line. Throws an Error with the usage where it is not what the command takes. */
function parse(args, { usage, options, names: [least, most] }) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length >= least && positionals.length <= most) return { values, names: positionals };
  } catch (error) {
    throw new Error(`${error.message.split('. ')[0]}.\n\n${usage}`, { cause: error });
  }
  throw new Error(usage);
}

/**
 * Runs a command that takes these options, and from so many to so many names. With --help it prints its usage and does nothing
 * else, as it does, with exit code 1, where it is called in another way than that.
 */
export async function runCommand({ usage, options = {}, names = [0, 0] }, steps) {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) return console.log(usage);
  await failClearly(() => steps(parse(args, { usage, options, names })));
}
