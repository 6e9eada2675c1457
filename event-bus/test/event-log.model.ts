import fc from 'fast-check';
import type { Appended, NewEvent } from '../src/log/event-log';

/** What a log must do with appends, in the simplest words. */
export interface LogModel {
  /** Where the events are, or the places of those whose id is that of another event. */
  append(events: readonly NewEvent[]): Appended[] | number[];
  events(): { sequence: number; text: string }[];
}

const withSequence = (text: string, sequence: number): string => `${text.slice(0, -1)},"sequence":${sequence}}`;

/** Takes two events for the same when their texts are the same, so events for it have nothing filled in. */
export function createLogModel(stored: readonly { id: string; sequence: number; text: string }[]): LogModel {
  let events = stored.map(({ id, sequence, text }) => ({ id, sequence, text }));
  return {
    append(some) {
      const next = [...events];
      const placeOf = ({ id, text }: NewEvent): { appended: Appended; isOther: boolean } => {
        const before = next.find((event) => event.id === id);
        if (before)
          return {
            appended: { id, sequence: before.sequence },
            isOther: before.text !== withSequence(text, before.sequence),
          };
        const sequence = next.length + 1;
        next.push({ id, sequence, text: withSequence(text, sequence) });
        return { appended: { id, sequence }, isOther: false };
      };
      const placed = some.map(placeOf);
      if (placed.some(({ isOther }) => isOther))
        return placed.flatMap(({ isOther }, place) => (isOther ? [place] : []));
      events = next;
      return placed.map(({ appended }) => appended);
    },
    events: () => events.map(({ sequence, text }) => ({ sequence, text })),
  };
}

const event = fc
  .record({ id: fc.integer({ min: 0, max: 400 }), data: fc.constantFrom(1, 1, 1, 2) })
  .map(({ id, data }): NewEvent => {
    const text = JSON.stringify({ id: `m${id}`, data });
    return { id: `m${id}`, source: '/model', type: 'T', key: 'k', text };
  });

/** Appends that publishers make at the same time: ids come again, now and then with other data. */
export const someAppends = fc.array(fc.array(event, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
