import { Unavailable } from '@blog/kit';
import { mayWorkLater } from '../sqlite';
import type { DamageList } from './damage-list';
import { LogFailed, type NewEvent } from './event-log';
import { isDamage, type LogWriter, WriteFailed } from './log-writer';
import type { Room } from './room';
import type { Written } from './sqlite-writer';

type Appends = readonly (readonly NewEvent[])[];

const sizeOf = (appends: Appends): number => appends.flat().reduce((sum, { text }) => sum + text.length, 0);

export interface SafeWriteDeps {
  /** ms since 1970. */
  wallTime: () => number;
  /** Asked before each commit; absent where all of the disk may be used. */
  room?: Room;
  /** Called once for an I/O error of a write. The process must end: a failed fsync is not reported twice. */
  onFatal: (error: LogFailed) => void;
  damage: DamageList;
  /** Lets go of the file while it is put together anew, and takes it up again. */
  rebuilding: (work: () => Promise<void>) => Promise<void>;
}

/** Tells an I/O error, after which nothing more is written, from a lack of room and from damage, which is mended. */
export function createSafeWrite(writer: LogWriter, { wallTime, room, onFatal, damage, rebuilding }: SafeWriteDeps) {
  let failed: LogFailed | undefined;
  /** Mending did not help: nothing is stored until somebody deals with it, and what is stored is delivered. */
  let isBroken = false;

  function fail(error: unknown): LogFailed {
    if (!failed) {
      failed = new LogFailed('the log failed', { cause: error });
      onFatal(failed);
    }
    return failed;
  }

  function broken(why: string): Unavailable {
    if (!isBroken) damage.add(`the log can not be written: ${why}`);
    isBroken = true;
    return new Unavailable('The log is damaged and takes no events; nothing of this request was stored.', 60);
  }

  async function mendAndWrite(appends: Appends, met: WriteFailed): Promise<Written> {
    try {
      await rebuilding(async () => (await writer.rebuild()).forEach(damage.add));
      return await writer.write(appends, wallTime());
    } catch (error) {
      throw broken(`${met.message}; ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** @param mend what to do instead if the file is damaged where it is written */
  async function orFail<T>(work: () => Promise<T>, mend?: (met: WriteFailed) => Promise<T>): Promise<T> {
    if (failed) throw failed;
    if (isBroken) throw broken('');
    try {
      return await work();
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      if (error instanceof WriteFailed && mayWorkLater(error)) {
        throw new Unavailable('The log has no room now; nothing of this request was stored.', 5);
      }
      if (error instanceof WriteFailed && isDamage(error)) {
        if (mend) return mend(error);
        throw new Unavailable('The log is damaged where it would be written; nothing of this request was stored.', 60);
      }
      throw fail(error);
    }
  }

  return {
    append: (appends: Appends): Promise<Written> =>
      orFail(
        () => {
          room?.expect(sizeOf(appends));
          return writer.write(appends, wallTime());
        },
        (met) => mendAndWrite(appends, met),
      ),
    orFail: <T>(work: () => Promise<T>): Promise<T> => orFail(work),
  };
}
