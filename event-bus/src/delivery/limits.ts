import { awayBackoff, type Backoff, failingBackoff, laneBackoff, refusalBackoff } from './backoff';
import type { WindowSize } from './window';

/** What bounds one group's memory, connections and patience. */
export interface GroupLimits {
  window: WindowSize;
  /** POSTs in flight at once, of one event each and of several. As many again may be slow. */
  requests: { single: number; array: number };
  /** A POST is slow once it has been in flight for longer than this (ms): it holds up nothing but its own keys. */
  slowMs: number;
  /** How long a subscriber may take to show that it is there. */
  knockMs: number;
  /** How long a subscriber that is back may take to begin to read the history itself. */
  readHistoryMs: number;
  /** How long an event that may kill the subscriber has it for itself. */
  alone: Backoff;
  /** A POST of several events ends with the event that reaches so many characters. */
  pushCharacters: number;
  /** With more parked keys than this, the group reads no further until some are done. */
  parkedKeys: number;
  /** A cursor is stored at most so often; what a crash forgets of it is sent again. */
  saveCursorMs: number;
  /** How long a stop waits for answers. */
  stopGraceMs: number;
  laneBackoff: Backoff;
  refusalBackoff: Backoff;
  awayBackoff: Backoff;
  failingBackoff: Backoff;
}

export const groupLimits: GroupLimits = {
  window: { events: 1_024, characters: 4 * 1024 * 1024 },
  requests: { single: 32, array: 4 },
  slowMs: 1_000,
  knockMs: 1_000,
  readHistoryMs: 2_000,
  alone: { firstMs: 250, longestMs: 10_000 },
  pushCharacters: 1024 * 1024,
  parkedKeys: 100_000,
  saveCursorMs: 50,
  stopGraceMs: 1_000,
  laneBackoff,
  refusalBackoff,
  awayBackoff,
  failingBackoff,
};
