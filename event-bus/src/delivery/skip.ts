import { NotFound } from '@blog/kit';
import type { EventLog } from '../log/event-log';
import type { Dispatcher } from './dispatcher';

/**
 * Gives up an event of a group at an operator's wish: it becomes a dead letter, and its key goes on.
 * Throws NotFound (no such group or event) or Conflict (it waits no more, or another event of its key comes first).
 */
export type Skip = (group: string, sequence: number) => Promise<void>;

export function createSkip({ log, dispatcher }: { log: EventLog; dispatcher: Pick<Dispatcher, 'keyCommands'> }): Skip {
  return async (group, sequence) => {
    const commands = dispatcher.keyCommands(group);
    const [event] = (await log.read({ after: sequence - 1, upTo: sequence, limit: 1 })).events;
    if (!event) throw new NotFound(`There is no event ${sequence}.`);
    await commands.skip(event);
  };
}
