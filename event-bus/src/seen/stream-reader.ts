import type { ServerResponse } from 'node:http';
import type { Clock } from '../delivery/clock';
import type { Counts } from './counts';
import type { Follower } from './follower';
import type { Sample } from './sample';

/** What there is to tell all readers at the end of a turn. */
export interface Turn {
  number: number;
  counts: Counts;
  /** Events up to this sequence are counted as published. */
  upTo: number;
  at: string;
  sample: Sample | undefined;
  /** JSON; undefined where nobody looked. */
  groups: string | undefined;
}

export interface StreamReader {
  readonly follower: Follower | undefined;
  /** Tells what happened, unless the reader has not taken what was written before: then it gets the sum of it later. */
  tell(turn: Turn): void;
  end(): void;
}

export interface StreamReaderLimits {
  /** A comment goes out after so much silence, so that nothing between takes the connection for dead. */
  pingMs: number;
  /** A reader that takes nothing for so long is cut off: it keeps its place from others. */
  stuckMs: number;
}

export function messageOf(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

export function createStreamReader(
  res: ServerResponse,
  { follower, clock, pingMs, stuckMs }: StreamReaderLimits & { follower: Follower | undefined; clock: Clock },
): StreamReader {
  /** The last turn that it was told of. */
  let told = 0;
  let toldGroups: string | undefined;
  let newestGroups: string | undefined;
  let writtenAt = clock.now();

  function write(text: string): void {
    res.write(text);
    writtenAt = clock.now();
  }

  function messagesOf({ number, counts, upTo, at, sample }: Turn): string[] {
    const changed = counts.changedSince(told);
    told = number;
    const messages: string[] = [];
    if (changed.published.length + changed.delivered.length > 0) {
      messages.push(messageOf('counts', JSON.stringify({ at, upTo, ...changed })));
    }
    if (newestGroups !== undefined && newestGroups !== toldGroups) {
      toldGroups = newestGroups;
      messages.push(messageOf('groups', newestGroups));
    }
    if (sample) messages.push(messageOf('sample', JSON.stringify(sample)));
    return messages;
  }

  /** All that waits of the chain, for as long as it is taken. */
  function tellFollowed(): void {
    while (!res.writableNeedDrain) {
      const followed = follower?.take();
      if (!followed) return;
      write(messageOf('follow', JSON.stringify(followed)));
    }
  }

  if (follower) res.on('drain', tellFollowed);

  return {
    follower,
    tell(turn) {
      newestGroups = turn.groups ?? newestGroups;
      if (res.writableNeedDrain) {
        if (clock.now() - writtenAt >= stuckMs) res.destroy();
        return;
      }
      const messages = messagesOf(turn);
      if (messages.length > 0) write(messages.join(''));
      tellFollowed();
      if (clock.now() - writtenAt >= pingMs) write(': still here\n\n');
    },
    end: () => void res.end(),
  };
}
