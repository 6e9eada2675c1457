import type { IncomingHttpHeaders } from 'node:http';
import { isUtf8 } from 'node:buffer';
import { type Fault, InvalidInput, parseJson, UnsupportedMedia, Unprocessable } from '@blog/kit';
import type { Given } from '../envelope';

/** A publish as it came over HTTP. */
export interface Message {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const prefix = 'ce-';
const mustBeHeaders = ['ce-specversion', 'ce-id', 'ce-type', 'ce-source'];
const classic = 'application/json';
const cloudEvents = /^application\/cloudevents/;

function mediaTypeIn({ 'content-type': header = '' }: IncomingHttpHeaders): { type: string; charset: string } {
  const [type = ''] = header.split(';', 1);
  const charset = /;\s*charset="?([^\s";]*)/i.exec(header)?.[1] ?? 'utf-8';
  return { type: type.trim().toLowerCase(), charset: charset.toLowerCase() };
}

/**
 * Whether a message is in binary mode: attributes in `ce-*` headers, the data as body. No page can send such headers
 * from another origin without a preflight, which the bus doesn't answer.
 */
export function isBinary(headers: IncomingHttpHeaders): boolean {
  return mustBeHeaders.some((name) => name in headers) && !cloudEvents.test(mediaTypeIn(headers).type);
}

/** The text in a header, as the HTTP binding writes it; undefined where it is written wrongly. */
function decode(header: string): string | undefined {
  if (/[^\t\x20-\x7e]/.test(header)) return undefined;
  const bare = header.replace(/"((?:[^"\\]|\\.)*)"/g, (_quoted, inside: string) => inside.replace(/\\(.)/g, '$1'));
  try {
    return decodeURIComponent(bare);
  } catch {
    return undefined;
  }
}

function attributesIn(headers: IncomingHttpHeaders): Record<string, string> {
  const faults: Fault[] = [];
  const attributes = Object.entries(headers).flatMap(([name, value]) => {
    if (!name.startsWith(prefix)) return [];
    const text = decode(String(value));
    if (text === undefined) faults.push({ path: name, message: 'must be percent-encoded UTF-8' });
    if (name === 'ce-datacontenttype') faults.push({ path: name, message: 'must be the header Content-Type instead' });
    if (/^ce-data(_base64)?$/.test(name)) faults.push({ path: name, message: 'must be the body instead' });
    return [[name.slice(prefix.length), text ?? ''] as const];
  });
  if (faults.length > 0) throw new Unprocessable(faults, 'Nothing was stored: the event is not valid.');
  const type = headers['content-type'];
  return Object.fromEntries(type === undefined ? attributes : [...attributes, ['datacontenttype', type]]);
}

/**
 * The data of a body, as it is and as JSON text: JSON and text as they are, else base64. A body that is empty is no data.
 */
function dataIn({ headers, body }: Message): { data: { data?: unknown; data_base64?: string }; json?: string } {
  if (body.length === 0) return { data: {} };
  const { type, charset } = mediaTypeIn(headers);
  const isText = charset === 'utf-8' || charset === 'us-ascii';
  if (isText && /^[^/]+\/(?:[^/]+\+)?json$/.test(type)) {
    const { value, text } = parseJson(body);
    return { data: { data: value }, json: text };
  }
  if (!isText || !type.startsWith('text/')) return { data: { data_base64: body.toString('base64') } };
  if (isUtf8(body)) return { data: { data: body.toString() }, json: JSON.stringify(body.toString()) };
  throw new InvalidInput([{ path: '', message: 'is not valid UTF-8' }], 'The body is not valid UTF-8.');
}

function readBinary(message: Message): Given {
  const attributes = attributesIn(message.headers);
  const nameOf = (name: string): string =>
    name === 'datacontenttype' ? 'content-type' : /^data(_base64)?$/.test(name) ? '' : `${prefix}${name}`;
  const { data, json } = dataIn(message);
  const text = json === undefined ? '{}' : `{"data":${json}}`;
  return { body: { ...attributes, ...data }, text, areCloudEvents: true, nameOf };
}

function refuseUnless(isRight: boolean, message: string): void {
  if (!isRight) throw new InvalidInput([{ path: '', message }], `The body ${message}.`);
}

/** One event or an array of events as JSON. */
function readJson({ headers, body }: Message): Given {
  const { type, charset } = mediaTypeIn(headers);
  if (body.length > 0 && type !== classic && !/^application\/cloudevents(-batch)?\+json$/.test(type)) {
    throw new UnsupportedMedia(`Send the body as ${classic}: -H 'Content-Type: ${classic}'.`);
  }
  if (charset !== 'utf-8') throw new UnsupportedMedia('Send the body in UTF-8.');
  refuseUnless(body.length > 0, 'is required');
  const { value, text } = parseJson(body);
  const isArray = Array.isArray(value);
  refuseUnless(type !== 'application/cloudevents+json' || !isArray, 'must be one event');
  refuseUnless(type !== 'application/cloudevents-batch+json' || isArray, 'must be an array of events');
  refuseUnless(typeof value === 'object' && value !== null, 'must be a JSON object or array');
  return { body: value, text, areCloudEvents: type !== classic };
}

/**
 * Reads a message in any of the content modes of the CloudEvents HTTP binding, or in the classic form: binary (`ce-*`
 * headers), structured (`application/cloudevents+json`), batched (`application/cloudevents-batch+json`), or
 * `application/json` with one event or an array.
 * Throws UnsupportedMedia, InvalidInput (not JSON, not UTF-8) or Unprocessable (a header that can't be decoded).
 */
export function readMessage(message: Message): Given {
  return isBinary(message.headers) ? readBinary(message) : readJson(message);
}
