import { InvalidInput, type Page, type Place } from '@blog/kit';

/** The place of a row in a list that is ordered by its number. */
const placeOf = (number: number): Place => ({ createdAt: '', id: String(number) });

/** The number in a cursor. Throws InvalidInput where it is one of another list. */
export function numberOf({ id }: Place): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new InvalidInput([{ path: 'cursor', message: 'is not a cursor of this list' }]);
}

/** A page, newest first, of rows that were read one more than asked. */
export function pageByNumber<R extends { number: number }, T>(rows: R[], limit: number, view: (row: R) => T): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const page = { items: items.map(view) };
  return rows.length > limit && last ? { ...page, next: placeOf(last.number) } : page;
}
