const levels = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const levelColours = { warn: 33, error: 31, fatal: 31 };
const nameColours = [36, 32, 35, 34, 33, 96, 92, 95];
const notShown = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err', 'v']);

/** Whether colours suit this output: a terminal, unless NO_COLOR says no (no-color.org). */
export function wantsColour(stream, env) {
  return stream.isTTY === true && (env.NO_COLOR ?? '') === '';
}

/**
 * A function that turns a process's line of output into one short line: `12:03:04 posts      listening port=4000`. Pino's JSON is
 * read; anything else passes as it is, behind the name.
 */
export function createLineFormat({ names, colour }) {
  const width = Math.max(...names.map((name) => name.length));
  const paint = (code, text) => (colour && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text);
  const colourOf = new Map(names.map((name, index) => [name, nameColours[index % nameColours.length]]));

  return (name, line) => {
    const entry = parse(line);
    const time = timeOfDay(entry?.time);
    const prefix = `${paint(2, time)} ${paint(colourOf.get(name), name.padEnd(width))}`;
    if (entry === undefined) return `${prefix} ${line}`;
    const level = levels[entry.level] ?? String(entry.level);
    const shownLevel = level === 'info' ? '' : `${paint(levelColours[level], level)} `;
    return `${prefix} ${shownLevel}${entry.msg ?? ''}${paint(2, details(entry))}`;
  };
}

function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return 'level' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}

function details(entry) {
  const shown = Object.entries(entry)
    .filter(([key]) => !notShown.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
  const { err } = entry;
  const stack = err?.stack?.split('\n').slice(1, 4).join('\n') ?? '';
  return `${shown.join('')}${err === undefined ? '' : ` (${err.message ?? err})${stack === '' ? '' : `\n${stack}`}`}`;
}

/** Local time; entries without a time of their own happened now. */
function timeOfDay(time) {
  const date = time === undefined ? new Date() : new Date(time);
  return (Number.isNaN(date.getTime()) ? new Date() : date).toTimeString().slice(0, 8);
}
