import type { Logger } from '@blog/kit';
import type { Pushed } from '../src/delivery/observer';
import { createTransitionLog } from '../src/delivery/transition-log';

const event = { sequence: 7, id: 'e7', type: 'CommentModerated', key: 'p1', storedAt: 0, text: '{}' };
const silent = { kind: 'silent', afterMs: 10_000, written: true } as const;

function log() {
  const lines: { level: string; text: string; [field: string]: unknown }[] = [];
  const at = (level: string) => (fields: object, text: string) => void lines.push({ level, text, ...fields });
  const logger = { warn: at('warn'), error: at('error') } as unknown as Logger;
  return { lines, observer: createTransitionLog(logger) };
}

const pushed = (answer: Pushed['answer']): Pushed => ({
  ...{ group: 'g', url: 'http://g/events', events: [event], attempt: 1, answer, seconds: 1 },
  outcome: { kind: 'done' },
});

describe('the log of the delivery', () => {
  it('names the group, the key, the event and the reason of a first failure', () => {
    const { lines, observer } = log();
    const failure = { reason: 'answered 400', detail: 'postId is required', retryAt: 0 };
    observer.changed('comments', { kind: 'parked', event, ...failure });
    expect(lines).toEqual([
      {
        ...{ level: 'warn', text: 'an event failed: its key waits until it is tried again', group: 'comments' },
        ...{ key: 'p1', sequence: 7, eventId: 'e7', type: 'CommentModerated', reason: 'answered 400' },
        ...{ detail: 'postId is required', retryAt: '1970-01-01T00:00:00.000Z' },
      },
    ]);
  });

  it('names them for a dead letter, as an error', () => {
    const { lines, observer } = log();
    const { sequence, key, type, id: eventId } = event;
    const what = { sequence, key, type, eventId, firstFailedAt: 0, deadAt: 0 };
    observer.gaveUp('comments', { ...what, reason: 'answered 400', detail: 'text is required', attempts: 8 });
    expect(lines).toMatchObject([
      {
        level: 'error',
        group: 'comments',
        key: 'p1',
        eventId: 'e7',
        reason: 'answered 400',
        detail: 'text is required',
      },
    ]);
  });

  it('has a line for each change of the subscriber as a whole', () => {
    const { lines, observer } = log();
    observer.changed('g', { kind: 'down', reason: 'no connection' });
    observer.changed('g', { kind: 'back' });
    observer.changed('g', { kind: 'paused', reason: 'answered 410' });
    observer.changed('g', { kind: 'resumed' });
    observer.changed('g', { kind: 'suspicious', event, reason: 'the connection broke' });
    expect(lines.map(({ level, group }) => [level, group])).toEqual(lines.map(() => ['warn', 'g']));
    expect(lines.map(({ reason }) => reason)).toEqual([
      'no connection',
      undefined,
      'answered 410',
      undefined,
      'the connection broke',
    ]);
  });

  it('hints once at ack "sent" if a subscriber has never answered', () => {
    const { lines, observer } = log();
    for (let n = 0; n < 10; n += 1) observer.pushed(pushed(silent));
    expect(lines).toMatchObject([{ level: 'warn', group: 'g', text: expect.stringContaining('{"ack":"sent"}') }]);
  });

  it('gives no such hint for one that has answered before', () => {
    const { lines, observer } = log();
    observer.pushed(pushed({ kind: 'answered', status: 500 }));
    for (let n = 0; n < 10; n += 1) observer.pushed(pushed(silent));
    expect(lines).toEqual([]);
  });
});
