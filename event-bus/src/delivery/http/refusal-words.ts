import { ownText } from '../../own-text';

/** So many bytes of a refusal's body are looked at … */
export const maxWordsBytes = 8 * 1024;
/** … and so many characters of what it says are kept. */
const maxWords = 500;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** What one of several errors says, with the name of its field: frameworks call both by different names. */
function wordsOfError(error: unknown): string | undefined {
  if (!isFields(error)) return textOf(error);
  const field = textOf(error['path']) ?? textOf(error['field']) ?? textOf(error['param']) ?? textOf(error['pointer']);
  const message = textOf(error['message']) ?? textOf(error['detail']) ?? textOf(error['msg']);
  return [field, message].filter((part) => part !== undefined).join(' ') || undefined;
}

function listed(errors: unknown): string | undefined {
  if (Array.isArray(errors)) return errors.flatMap((error) => wordsOfError(error) ?? []).join(', ') || undefined;
  if (!isFields(errors)) return textOf(errors);
  return Object.entries(errors)
    .map(([field, messages]) => `${field} ${listed(messages) ?? ''}`.trim())
    .join(', ');
}

/** By the most telling members: those of problem+json, then what other services use. */
function wordsOfJson(json: unknown): string | undefined {
  if (!isFields(json)) return textOf(json);
  const problem = [textOf(json['detail']), listed(json['errors'])].filter((part) => part !== undefined && part !== '');
  if (problem.length > 0) return problem.join(' ');
  const { error, message, title } = json;
  const nested = isFields(error) ? (textOf(error['message']) ?? textOf(error['detail'])) : textOf(error);
  const named = [nested, listed(message)].filter((part) => part !== undefined && part !== '');
  return named.length > 0 ? [...new Set(named)].join(': ') : textOf(title);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isText = (mediaType: string): boolean => /^(?:|text\/.*|.*[/+](?:json|xml|yaml|javascript))$/i.test(mediaType);
/** Characters that would change how a line of a log or a page looks, beside the control characters. */
const invisible = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;

function onOneLine(text: string): string {
  return text.replace(invisible, ' ').replace(/\s+/g, ' ').trim();
}

const saysNothing = new Set(['{}', '[]', 'null', '""']);

/**
 * What a subscriber says of its refusal, for people: `detail` and `errors` of problem+json, `error` or `message` of other
 * JSON, else the text itself. On one line, without control characters, at most 500 characters. Undefined if it says nothing.
 * @param bytes the start of the body
 * @param contentType the header as it came
 */
export function wordsOfRefusal(bytes: Buffer, contentType = ''): string | undefined {
  const mediaType = contentType.split(';', 1)[0]?.trim() ?? '';
  if (!isText(mediaType) || bytes.includes(0)) return undefined;
  // A character that was cut in two at the end is left out.
  const text = new TextDecoder().decode(bytes, { stream: true });
  const json = parsed(text);
  const plain = /html/i.test(mediaType) ? text.replace(/<[^<>]*>/g, ' ') : text;
  const words = onOneLine((json === undefined ? undefined : wordsOfJson(json)) ?? plain);
  return words === '' || saysNothing.has(words) ? undefined : ownText(onOneLine(words.slice(0, maxWords)));
}
