import { messages } from './messages';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const absolute = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'long', timeZone: 'UTC' });
const exact = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat(messages.locale, { numeric: 'auto' });

/** The date in words, in UTC, so that the server and every browser write the same. Unreadable times are given back as they are. */
export function formatDate(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : absolute.format(time);
}

/** The date with the time of day, for those who want to know exactly. */
export function formatExactly(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${exact.format(time)} UTC`;
}

/** "3 hours ago" for times of the last 7 days (clocks may differ: the near future is "now"); undefined for others. */
export function formatRelative(iso: string, now: number): string | undefined {
  const age = now - Date.parse(iso);
  if (Number.isNaN(age) || age >= 7 * day || age < -hour) return undefined;
  if (age < minute) return relative.format(0, 'second');
  if (age < hour) return relative.format(-Math.floor(age / minute), 'minute');
  if (age < day) return relative.format(-Math.floor(age / hour), 'hour');
  return relative.format(-Math.floor(age / day), 'day');
}
