import { Damaged } from '@blog/kit';

/** An event on its way into the log: valid, complete, and not numbered yet. */
export interface NewEvent {
  id: string;
  source: string;
  type: string;
  /** Events of one key are delivered in order. */
  key: string;
  /** The id of the event that caused this one, where it says so. */
  cause?: string;
  /** The whole event as a JSON object, without a `sequence`: that is the log's to give. */
  text: string;
  /** Attributes that its publisher didn't give: whatever they are, it is the same event. */
  filledIn?: readonly string[];
  /** The id of what it erases, where it does: see `erasure/eraser.ts`. */
  erases?: string;
}

/** An event in the log. `text` is what subscribers get, to the letter. */
export interface StoredEvent {
  sequence: number;
  id: string;
  type: string;
  key: string;
  /** When it was stored, ms since 1970: never before the event in front of it, even where the clock was set back. */
  storedAt: number;
  /** The whole event as a JSON object, with its `sequence`. */
  text: string;
}

/** What an erasure makes of a stored event. */
export interface ReplacedText {
  sequence: number;
  /** The whole event as a JSON object, with the same id, source, type, key and sequence. */
  text: string;
}

/** Where an event is. For one that was there before, the sequence that it had from the first time. */
export interface Appended {
  id: string;
  sequence: number;
}

/** What to read: events after one sequence, oldest first. */
export interface LogRange {
  after: number;
  /** Nothing beyond this sequence. */
  upTo?: number;
  /** At most so many events. */
  limit: number;
  /** The page ends with the event that reaches so many characters of text. */
  maxSize?: number;
  types?: readonly string[];
  key?: string;
}

export interface LogPage {
  events: StoredEvent[];
  /** Everything up to here was looked at: read on after it. It grows with every page until the range ends. */
  upTo: number;
}

/** A search by id gives no more than so many events. */
export const mostFound = 100;

/**
 * A record is not what was stored, or is missing. Readers stop there: skipping it would lose an event in silence.
 * Nobody else is harmed: what is before it and after it can be read.
 */
export class DamagedRecord extends Damaged {
  constructor(
    /** Undefined if an index is damaged, so that nobody knows which event was meant. */
    readonly sequence: number | undefined,
  ) {
    super(
      sequence === undefined
        ? 'an index of the log is damaged'
        : `event ${sequence} of the log is damaged: it is missing, or its checksum does not fit`,
    );
  }
}

/** What is left of a record. */
export interface Remains {
  /** Whether it is what was stored. */
  isWhole: boolean;
  /** What is proven to be what was stored. */
  columns?: { id: string; type: string; key: string };
  /** The text, damaged as it is; absent if nothing is left of it. */
  bytes?: Uint8Array;
}

/** The log failed to write or read. Nothing after it can be trusted in this process: end it and open the log anew. */
export class LogFailed extends Error {
  override readonly name = 'LogFailed';
}

/** Another event is known by the id and source of one that was to be stored; nothing of that append was. */
export class ReusedId extends Error {
  override readonly name = 'ReusedId';
  /** Their places in the append, from 0. */
  constructor(readonly places: readonly number[]) {
    super('an id is that of another event');
  }
}

/**
 * All events, in the order of their sequence (1, 2, 3 …, without gaps).
 * Narrow and asynchronous, so that it can be kept elsewhere; `eventLogContract` says what each implementation must do.
 */
export interface EventLog {
  /** Which log this is: another one under the same name numbers other events. */
  readonly identity: string;
  /**
   * Stores all of them or none, next to each other and in their order; resolves when they are durable.
   * An event whose source and id are there already isn't stored again; where its content is another (see
   * `isSameEvent`), nothing of the append is stored, and other appends are as if it had never come.
   * Throws {@link ReusedId}, {@link DamagedRecord} (an event is to be compared with that record; nothing stored),
   * Unavailable (out of room, or damaged where it is written; nothing stored) or {@link LogFailed} (outcome unknown).
   */
  append(events: readonly NewEvent[]): Promise<Appended[]>;
  /** The newest durable sequence; 0 when the log is empty. */
  head(): number;
  /**
   * Reads on as far as all is whole: a page ends before a damaged record, and a read that begins with one throws
   * {@link DamagedRecord}. By type or key too, if it can't be proven that the record is none of those asked for.
   */
  read(range: LogRange): Promise<LogPage>;
  /** The sequence of the first event that was stored at that time (ms since 1970) or later; `head + 1` when none was. */
  firstSince(time: number): Promise<number>;
  /** Events of this id, oldest first: more than one where sources share it. At most {@link mostFound}. */
  find(id: string): Promise<StoredEvent[]>;
  /**
   * Events that name this id as their cause, oldest first, after a sequence. At most {@link mostFound}, `limit` may be less,
   * and fewer if they are large: only an empty answer says that there are no more.
   */
  effectsOf(id: string, limit?: number, after?: number): Promise<StoredEvent[]>;
  /** What is left of a record, whole or not; for somebody who sets a damaged one aside. */
  remainsOf(sequence: number): Promise<Remains>;
  /**
   * Puts other texts in the place of stored ones, all or none: the only change that a stored event ever meets, and only an
   * erasure makes it. Whoever has read the event into memory from here has the new text too. Resolves when it is durable;
   * the old text may be in the write-ahead log until {@link scrub}.
   * Throws {@link DamagedRecord}, Unavailable (nothing replaced) or {@link LogFailed}.
   */
  replace(texts: readonly ReplacedText[]): Promise<void>;
  /** Leaves no byte of replaced texts in the files. False while somebody reads an older state: call it again later. */
  scrub(): Promise<boolean>;
  /** The damage that was found since the log was opened, and what was done about it, in words. */
  damageFound(): readonly string[];
  /** How durable an append is at present, for people. */
  durability(): Record<string, string | number | null>;
  /** Calls `listener` after each commit that added events, once their publishers have been answered. */
  onAppended(listener: () => void): void;
  /** Finishes the appends that are under way. */
  close(): Promise<void>;
}
