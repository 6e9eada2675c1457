/** Dates as people and their programs write them in front matter. One without a zone is UTC. */
const iso =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:[Tt]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\s+[A-Z]{3,5})?)?$/;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** `Jan 31 2026`, `January 31, 2026 10:00`, `31 January 2026`, `Sat, 31 Jan 2026 10:00:00 +0100`. */
const inWords = [
  /^(?:[a-z]{3,9},?\s+)?(?<month>[a-z]{3,9})\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<year>\d{4})(?:,?\s+(?<clock>.+))?$/i,
  /^(?:[a-z]{3,9},?\s+)?(?<day>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?<month>[a-z]{3,9})\.?,?\s+(?<year>\d{4})(?:,?\s+(?<clock>.+))?$/i,
];

function minutesOf(zone) {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Undefined where there is no such moment, as on 30 February. */
function momentOf([year, month, day, hour = 0, minute = 0, second = 0], fraction = '', zone = 'Z') {
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59)));
  at.setUTCFullYear(year);
  const isThere = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60 && second <= 60;
  if (!isThere || Math.abs(minutesOf(zone)) >= 24 * 60) return undefined;
  const moment = new Date(at.getTime() + Number(fraction.padEnd(3, '0').slice(0, 3)) - minutesOf(zone) * 60_000);
  return /^\d{4}-/.test(moment.toISOString()) ? moment : undefined;
}

function inIso(text) {
  const found = iso.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const numbers = [year, month, day, hour, minute, second].map((part) =>
    part === undefined ? undefined : Number(part),
  );
  return momentOf(numbers, fraction, zone);
}

function fromWords(text) {
  const { day, month, year, clock } = inWords.map((pattern) => pattern.exec(text)?.groups).find(Boolean) ?? {};
  const number = months.indexOf(month?.slice(0, 3).toLowerCase()) + 1;
  return number === 0 ? undefined : inIso(`${year}-${number}-${day}${clock === undefined ? '' : ` ${clock}`}`);
}

/** A date as a moment; undefined where it is none. */
export function momentIn(value) {
  // TOML's own dates write themselves as they were written.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : new Date(value.getTime());
  const text = String(value ?? '').trim();
  return inIso(text) ?? fromWords(text);
}

export const timeIn = (value) => momentIn(value)?.toISOString();
