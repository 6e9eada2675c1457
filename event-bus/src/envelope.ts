import { deepestNesting, type Fault, InvalidInput, isPlainText } from '@blog/kit';
import { faultsOf, formatPath, TooLarge, Unprocessable } from '@blog/kit';
import { attributeName, BareEvent, CloudEvent, isOrdinary } from './attributes';
import { createMemberSearch } from './json-text';
import type { NewEvent } from './log/event-log';
import { ownText } from './own-text';

/** The largest event that is stored, bytes of JSON. */
export const largestEvent = 1024 * 1024;
/** The most events of one request. */
export const mostEvents = 10_000;

const longestKey = 128;

type Attributes = Record<string, unknown>;

export interface Completion {
  newId: () => string;
  now: () => Date;
}

/** What a publisher sent, as objects. */
export interface Given {
  /** One event or several. */
  body: unknown;
  /** The JSON text of it, or one in the same form that holds the data alone. */
  text: string;
  /** Whether the message itself says that it holds CloudEvents; otherwise one that names no version is a bare one. */
  areCloudEvents: boolean;
  /** How the publisher knows an attribute. */
  nameOf?: (attribute: string) => string;
}

function isAttributes(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In the JSON format, an attribute that is null is one that isn't there. `data` may be null. */
function withoutNulls(event: Attributes): Attributes {
  const entries = Object.entries(event);
  const stay = entries.filter(([name, value]) => value !== null || name === 'data');
  return stay.length === entries.length ? event : Object.fromEntries(stay);
}

function checkData({ data, data_base64: bytes }: Attributes, isBare: boolean): Fault[] {
  if (data !== undefined && bytes !== undefined) {
    return [{ path: 'data_base64', message: 'must not be there beside data' }];
  }
  // A CloudEvent may come without data; the classic form may not, its receivers look into it.
  return isBare && data === undefined && bytes === undefined ? [{ path: 'data', message: 'is required' }] : [];
}

/** A character takes at most three bytes: nearly all events are so small that nobody need count. */
function isTooLarge(text: string): boolean {
  return text.length > largestEvent / 3 && (text.length > largestEvent || Buffer.byteLength(text) > largestEvent);
}

/** What is wrong with an event, by the CloudEvents 1.0 specification: one fault per attribute. */
function faultsIn(event: Attributes, areCloudEvents: boolean): Fault[] {
  const isBare = !areCloudEvents && event['specversion'] === undefined;
  if (isOrdinary(event, isBare)) return [];
  const { error } = (isBare ? BareEvent : CloudEvent).safeParse(event);
  const names = Object.keys(event).filter((name) => name !== 'data_base64' && !attributeName.test(name));
  const faults = [
    ...names.map((path) => ({ path, message: 'is not a name of an attribute: lower-case letters and digits' })),
    ...(error ? faultsOf(error) : []),
    ...checkData(event, isBare),
  ];
  return faults.filter(({ path }, index) => faults.findIndex((other) => other.path === path) === index);
}

const [findData, findPostId, findId] = [
  createMemberSearch('data'),
  createMemberSearch('postId'),
  createMemberSearch('id'),
];

/** A number is the key as its publisher wrote it: as a value it may be that of others too. */
function usableKey(value: unknown, textOf: () => string | undefined): string | undefined {
  const key = typeof value === 'number' ? textOf() : value;
  if (typeof key !== 'string' || key === '' || key.length > longestKey || !isPlainText(key)) return undefined;
  // Keys are kept for as long as they wait.
  return typeof value === 'number' ? ownText(key) : key;
}

function keyIn(data: unknown, dataText: string): string | undefined {
  if (!isAttributes(data)) return undefined;
  return (
    usableKey(data['postId'], () => findPostId(dataText).values[0]) ??
    usableKey(data['id'], () => findId(dataText).values[0])
  );
}

const timeAndKey = ['time', 'partitionkey'];

/** The attributes that the publisher left to the bus, apart from what tells one event from another. */
function filledInOf(event: Attributes): readonly string[] | undefined {
  if (event['time'] !== undefined && event['partitionkey'] !== undefined) return undefined;
  return timeAndKey.filter((name) => event[name] === undefined);
}

/** @param dataText what stands for the data in the text that came in; it stays as it is, to the last digit */
function complete(event: Attributes, dataText: string | undefined, { newId, now }: Completion): NewEvent {
  const text = (name: string): string | undefined => (typeof event[name] === 'string' ? event[name] : undefined);
  const type = text('type') ?? '';
  const id = text('id') ?? newId();
  const source = text('source') ?? '/unknown';
  const key = text('partitionkey') ?? keyIn(event['data'], dataText ?? '') ?? id;
  const time = text('time') ?? now().toISOString();
  // One literal: deleting attributes or adding them one by one would make slow objects, and this is done for every event.
  const whole = {
    specversion: '1.0',
    id,
    source,
    type,
    ...event,
    partitionkey: key,
    time,
    // The bus alone says these.
    sequence: undefined,
    erased: undefined,
    data: undefined,
  };
  const attributes = JSON.stringify(whole);
  const json = dataText === undefined ? attributes : `${attributes.slice(0, -1)},"data":${dataText}}`;
  const cause = text('causationid');
  const filledIn = filledInOf(event);
  const erases = text('erases');
  return {
    id,
    source,
    type,
    key,
    text: json,
    ...(cause ? { cause } : {}),
    ...(filledIn ? { filledIn } : {}),
    ...(erases ? { erases } : {}),
  };
}

/**
 * Reads what a publisher sent, one event or several, and completes each to a CloudEvent: id, source `/unknown`, time,
 * and the key (`partitionkey`, else `data.postId`, `data.id`, or its own id). A `sequence` is dropped: the log gives it.
 * Throws Unprocessable naming each fault, InvalidInput where it is nested too deep, or TooLarge.
 */
export function readEvents({ body, text, areCloudEvents, nameOf }: Given, completion: Completion): NewEvent[] {
  const data = findData(text);
  if (data.depth > deepestNesting) {
    throw new InvalidInput([{ path: '', message: `is nested deeper than ${deepestNesting} levels` }]);
  }
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
    const found = faultsIn(event, areCloudEvents);
    for (const { path, message } of found)
      faults.push({ path: formatPath([...prefix, nameOf?.(path) ?? path]), message });
    return found.length > 0 ? [] : [complete(event, data.values[index], completion)];
  });
  if (faults.length > 0) throw new Unprocessable(faults, 'Nothing was stored: an event is not valid.');
  const large = events.findIndex((event) => isTooLarge(event.text));
  if (large >= 0) throw new TooLarge(`Event ${large + 1} of the request is larger than ${largestEvent} bytes.`);
  return events;
}
