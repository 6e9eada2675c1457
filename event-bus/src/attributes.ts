import { isPlainText } from '@blog/kit';
import { z } from 'zod';

/**
 * The context attributes of a CloudEvent, as the specification (1.0.2) types them. Lengths are the bus's own.
 * These schemas check publishes and describe them: `/asyncapi.json` is made from the same ones.
 */

const longestName = 128;
const longestText = 2_048;

/** What the type String of the specification leaves out: control characters and noncharacters of Unicode. */
const notInStrings = /[\p{Cc}\p{Noncharacter_Code_Point}]/u;

const pchar = `(?:[\\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})`;
const afterScheme = `(?://(?:${pchar}|\\[[0-9A-Fa-f:.]+\\])*(?=[/?#]|$))?(?:/|${pchar})*`;
const queryAndFragment = `(?:\\?(?:[/?]|${pchar})*)?(?:#(?:[/?]|${pchar})*)?`;
const scheme = '[A-Za-z][A-Za-z0-9+.-]*:';
const uri = new RegExp(`^${scheme}${afterScheme}${queryAndFragment}$`);
/** Without a scheme, the first part of the path must not look like one. */
const uriReference = new RegExp(`^(?:${scheme}|(?![^/?#]*:))${afterScheme}${queryAndFragment}$`);

const token = "[\\w!#$%&'*+.^`|~-]+";
const mediaType = new RegExp(`^${token}/${token}(?:\\s*;\\s*${token}=(?:${token}|"(?:[^"\\\\]|\\\\.)*"))*\\s*$`);

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether a text is a moment by RFC 3339. Leap seconds are not taken: most programs can't read them. */
function isMoment(text: string): boolean {
  const [matched, year = 0, month = 0, day = 0] = rfc3339.exec(text)?.map(Number) ?? [];
  if (matched === undefined) return false;
  if (day >= 1 && day <= 28) return month >= 1 && month <= 12;
  const date = new Date(Date.UTC(2000, month - 1, day));
  // The year 0 to 99 would mean 19xx to Date.UTC.
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const required = (what: string) => (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : what);

function text(most: number) {
  return z
    .string({ error: required('must be a string') })
    .max(most, `must be at most ${most} characters`)
    .refine(isPlainText, 'must not contain NUL or half of a surrogate pair')
    .refine((value) => !notInStrings.test(value), 'must not contain control characters or noncharacters');
}

const nonEmpty = (most: number) => text(most).min(1, 'must not be empty');
const source = nonEmpty(longestText).regex(uriReference, 'must be a URI reference as in RFC 3986');

/** The name of an attribute. */
export const attributeName = /^[a-z0-9]{1,64}$/;

const most32 = 2 ** 31;
const integer = z
  .number()
  .int('must be a whole number')
  .min(-most32, 'must fit in 32 bits')
  .max(most32 - 1, 'must fit in 32 bits');

/** The value of an extension attribute. */
const ExtensionValue = z.union(
  [text(longestText), z.boolean(), integer],
  `must be text of at most ${longestText} characters, a boolean or a 32-bit whole number`,
);

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** An event that says which version of the specification it follows. */
export const CloudEvent = z
  .object({
    specversion: z.literal('1.0', { error: required('must be "1.0"') }),
    id: nonEmpty(longestName).describe('Together with `source` it stands for this event alone'),
    source: source.describe('Who says so'),
    type: nonEmpty(longestName),
    subject: nonEmpty(longestText).optional(),
    partitionkey: nonEmpty(longestName).optional().describe('Events of one key are delivered in order'),
    time: nonEmpty(longestText)
      .refine(isMoment, 'must be a time as in RFC 3339')
      .meta({ format: 'date-time' })
      .optional(),
    datacontenttype: nonEmpty(longestText)
      .regex(mediaType, 'must be a media type as in RFC 2046')
      .optional()
      .describe('Of the data; application/json where it is missing'),
    dataschema: nonEmpty(longestText).regex(uri, 'must be a URI as in RFC 3986').optional(),
    data: z.unknown().optional(),
    data_base64: z.string('must be base64').regex(base64, 'must be base64').optional(),
    erases: nonEmpty(longestName)
      .optional()
      .describe(
        'The texts of all events with this `subject` or `data.id`, in the log under the same key, are erased for good',
      ),
    sequence: z.unknown().optional(),
    erased: z.unknown().optional(),
  })
  .catchall(ExtensionValue);

/** The classic form, `{type, data}`: what it doesn't say is completed. */
export const BareEvent = CloudEvent.partial({ specversion: true, id: true, source: true });

/** Text that no rule of any attribute minds, but for the moment and the media type. */
const ordinaryText = /^[\w./-]{1,128}$/;

function isOrdinaryAttribute(name: string, value: unknown): boolean {
  switch (name) {
    case 'data':
      return true;
    case 'specversion':
      return value === '1.0';
    case 'time':
      return typeof value === 'string' && isMoment(value);
    case 'id':
    case 'source':
    case 'type':
    case 'subject':
    case 'erases':
    case 'partitionkey':
    case 'causationid':
    case 'correlationid':
    case 'traceparent':
      return typeof value === 'string' && ordinaryText.test(value);
    default:
      return false;
  }
}

/**
 * Whether an event is so plain that the schema need not be asked: it would find no fault. That is so with nearly all
 * events, and the schema takes a tenth of the time that the bus has for one.
 */
export function isOrdinary(event: Record<string, unknown>, isBare: boolean): boolean {
  if (event['type'] === undefined || event['data'] === undefined) return false;
  if (!isBare && (event['specversion'] === undefined || event['id'] === undefined || event['source'] === undefined)) {
    return false;
  }
  for (const name in event) if (!isOrdinaryAttribute(name, event[name])) return false;
  return true;
}
