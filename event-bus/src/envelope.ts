import { type Fault, formatPath, isPlainText, TooLarge, Unprocessable } from '@blog/kit';
import type { NewEvent } from './log/event-log';

/** The largest event that is stored, bytes of JSON. */
export const largestEvent = 1024 * 1024;
/** The most events of one request. */
export const mostEvents = 10_000;

const longestName = 128;
const longestText = 2_048;

/** Attributes of which the spec says more than that they are text. */
const specified = new Set(['specversion', 'type', 'data', 'data_base64', 'sequence']);
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const textAttributes = ['id', 'source', 'subject', 'partitionkey', 'datacontenttype', 'dataschema', 'time'];

type Attributes = Record<string, unknown>;
type Report = (attribute: string, message: string) => void;

function isAttributes(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkText(name: string, value: unknown, report: Report): void {
  const longest = name === 'id' || name === 'type' || name === 'partitionkey' ? longestName : longestText;
  if (typeof value !== 'string') report(name, 'must be a string');
  else if (value === '') report(name, 'must not be empty');
  else if (value.length > longest) report(name, `must be at most ${longest} characters`);
  else if (!isPlainText(value)) report(name, 'must not contain NUL or half of a surrogate pair');
  else if (name === 'time' && (!rfc3339.test(value) || Number.isNaN(Date.parse(value)))) {
    report(name, 'must be a time as in RFC 3339');
  }
}

function checkExtension(name: string, value: unknown, report: Report): void {
  const isInteger = typeof value === 'number' && value === (value | 0);
  if (typeof value === 'string') {
    if (value.length > longestText || !isPlainText(value))
      report(name, `must be text of at most ${longestText} characters`);
  } else if (typeof value !== 'boolean' && !isInteger) {
    report(name, 'must be a string, a boolean or a 32-bit whole number');
  }
}

function checkData(event: Attributes, report: Report): void {
  const { data, data_base64: bytes, specversion } = event;
  if (data !== undefined && bytes !== undefined) report('data_base64', 'must not be there beside data');
  if (bytes !== undefined && (typeof bytes !== 'string' || !base64.test(bytes)))
    report('data_base64', 'must be base64');
  // A CloudEvent may come without data; the classic form may not, its receivers look into it.
  if (specversion === undefined && data === undefined && bytes === undefined) report('data', 'is required');
}

/** Reports what is wrong with an event, by the CloudEvents 1.0 specification. */
function checkEvent(event: Attributes, report: Report): void {
  const { specversion, type } = event;
  if (specversion !== undefined && specversion !== '1.0') report('specversion', 'must be "1.0"');
  if (type === undefined) report('type', 'is required');
  else checkText('type', type, report);
  checkData(event, report);
  for (const [name, value] of Object.entries(event)) {
    if (specified.has(name) || value === undefined) continue;
    if (textAttributes.includes(name)) checkText(name, value, report);
    else if (!/^[a-z0-9]{1,64}$/.test(name))
      report(name, 'is not a name of an attribute: lower-case letters and digits');
    else checkExtension(name, value, report);
  }
}

/** In the JSON format, an attribute that is null is one that isn't there. `data` may be null. */
function withoutNulls(event: Attributes): Attributes {
  return Object.fromEntries(Object.entries(event).filter(([name, value]) => value !== null || name === 'data'));
}

function usableKey(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const key = String(value);
  return key !== '' && key.length <= longestName && isPlainText(key) ? key : undefined;
}

function keyIn(data: unknown): string | undefined {
  return isAttributes(data) ? (usableKey(data['postId']) ?? usableKey(data['id'])) : undefined;
}

function complete(event: Attributes, { newId, now }: Completion): NewEvent {
  const given = { ...event };
  const text = (name: string): string | undefined => (typeof given[name] === 'string' ? given[name] : undefined);
  const type = text('type') ?? '';
  const id = text('id') ?? newId();
  const source = text('source') ?? '/unknown';
  const key = text('partitionkey') ?? keyIn(given['data']) ?? id;
  const { data, data_base64: bytes, ...others } = given;
  delete others['sequence'];
  const whole = {
    ...{ specversion: '1.0', id, source, type },
    ...{ ...others, partitionkey: key, time: text('time') ?? now().toISOString() },
    ...(data === undefined ? {} : { data }),
    ...(bytes === undefined ? {} : { data_base64: bytes }),
  };
  return { id, source, type, key, text: JSON.stringify(whole) };
}

export interface Completion {
  newId: () => string;
  now: () => Date;
}

/**
 * Reads what a publisher sent, one event or several, and completes each to a CloudEvent: id, source `/unknown`, time,
 * and the key (`partitionkey`, else `data.postId`, `data.id`, or its own id). A `sequence` is dropped: the log gives it.
 * Throws Unprocessable naming each fault, or TooLarge.
 */
export function readEvents(body: unknown, completion: Completion): NewEvent[] {
  const single = !Array.isArray(body);
  const given: unknown[] = single ? [body] : body;
  if (given.length > mostEvents) throw new TooLarge(`A request takes at most ${mostEvents} events.`);
  const faults: Fault[] = [];
  const events = given.flatMap((raw, index) => {
    const prefix = single ? [] : [index];
    if (!isAttributes(raw)) {
      faults.push({ path: formatPath(prefix), message: 'must be an object' });
      return [];
    }
    const event = withoutNulls(raw);
    const before = faults.length;
    checkEvent(event, (name, message) => faults.push({ path: formatPath([...prefix, name]), message }));
    return faults.length > before ? [] : [complete(event, completion)];
  });
  if (faults.length > 0) throw new Unprocessable(faults, 'Nothing was stored: an event is not valid.');
  const large = events.findIndex(({ text }) => text.length > largestEvent || Buffer.byteLength(text) > largestEvent);
  if (large >= 0) throw new TooLarge(`Event ${large + 1} of the request is larger than ${largestEvent} bytes.`);
  return events;
}
