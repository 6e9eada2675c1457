import { NotFound } from '@blog/kit';
import { DamagedRecord, type EventLog, type StoredEvent } from '../log/event-log';
import type { Dispatcher } from './dispatcher';

/**
 * Gives up an event of a group at an operator's wish: it becomes a dead letter, and its key goes on.
 * A damaged one is set aside: it becomes a dead letter with what is left of it, and the group goes on after it.
 * Throws NotFound (no such group or event) or Conflict (it waits no more, or another event of its key comes first).
 */
export type Skip = (group: string, sequence: number) => Promise<void>;

export function createSkip({ log, dispatcher }: { log: EventLog; dispatcher: Pick<Dispatcher, 'keyCommands'> }): Skip {
  return async (group, sequence) => {
    const commands = dispatcher.keyCommands(group);
    let event: StoredEvent | undefined;
    try {
      [event] = (await log.read({ after: sequence - 1, upTo: sequence, limit: 1 })).events;
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
      return commands.setAside(sequence);
    }
    if (!event) throw new NotFound(`There is no event ${sequence}.`);
    await commands.skip(event);
  };
}
