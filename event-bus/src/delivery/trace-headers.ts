import type { StoredEvent } from '../log/event-log';
import { createMemberSearch } from '../json-text';

/** As W3C Trace Context says; later versions may add something at the end. */
const traceParent = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\w.-]{1,64})?$/;
/** Text that is safe in a header: it has no line end. */
const traceState = /^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/;

const searches = { traceparent: createMemberSearch('traceparent'), tracestate: createMemberSearch('tracestate') };

function extensionOf({ text }: StoredEvent, name: keyof typeof searches, form: RegExp): string | undefined {
  // Most events have none: a look for the name costs less than one at each member.
  if (!text.includes(`"${name}"`)) return undefined;
  const [value] = searches[name](text).values;
  const extension: unknown = value === undefined ? undefined : JSON.parse(value);
  return typeof extension === 'string' && form.test(extension) ? extension : undefined;
}

/**
 * The headers by which a subscriber's handling joins the trace of the event: its extensions `traceparent` and `tracestate`,
 * if they are what W3C Trace Context says. A push of several events has none: each of them has a trace of its own.
 */
export function traceHeadersOf([event, ...others]: readonly StoredEvent[]): string[] {
  const parent = event && others.length === 0 ? extensionOf(event, 'traceparent', traceParent) : undefined;
  if (!event || parent === undefined) return [];
  const state = extensionOf(event, 'tracestate', traceState);
  return [`traceparent: ${parent}`, ...(state === undefined ? [] : [`tracestate: ${state}`])];
}
