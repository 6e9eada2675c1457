import type { DeadLetterState } from './dead-letter-state';
import type { DeadLetter, ParkedLane } from './lane';
import type { Subscription } from './subscription';

/** A group as it is stored. */
export interface SavedGroup {
  name: string;
  subscription: Subscription;
  /** Every event up to this sequence is done, parked or a dead letter. */
  cursor: number;
  /** Why the group doesn't deliver; undefined when it does. */
  pausedBecause: string | undefined;
  /** The settings of the process that were applied last, as text; undefined for a group made by a request. */
  configured: string | undefined;
}

/** `beginsBeyondEnd`: a new group's cursor lies beyond the end of the log on purpose, and stays there until that gets so far. */
export type NewGroup = Omit<SavedGroup, 'pausedBecause'> & { beginsBeyondEnd?: boolean };

/** A group of the settings that was deleted by a request, with the settings as they were then, as text. */
export interface RemovedGroup {
  name: string;
  configured: string;
}

/**
 * How far each group is. One method per transition, each one transaction; transitions take effect in the order of
 * their calls. After a crash the last ones may be missing, never one before one that is there: so progress may be
 * lost, which repeats events, but no event is.
 */
export interface DeliveryState extends DeadLetterState {
  /**
   * Call it before anything else. Says whether the state belongs to this log. Where it doesn't, all groups start
   * again at the beginning; where the log is shorter than it was, cursors and lanes go back to its end. A group that was
   * made to begin beyond the end of the log still begins there.
   */
  attach(log: { identity: string; head: number }): Promise<'same log' | 'other log' | 'shorter log'>;
  groups(): Promise<SavedGroup[]>;
  /** Makes a group at a cursor, or gives an existing one new settings: it keeps its cursor and is paused no more. */
  saveGroup(group: NewGroup): Promise<void>;
  /**
   * Forgets the group, its lanes and its dead letters; jobs count those that were queued as forgotten. A group of the
   * settings is remembered as removed until it is saved again.
   */
  removeGroup(name: string): Promise<void>;
  removedGroups(): Promise<RemovedGroup[]>;
  /** The settings name the group no more: if they do so again, it is a new one. */
  forgetRemoved(name: string): Promise<void>;
  pauseGroup(name: string, because: string): Promise<void>;
  resumeGroup(name: string): Promise<void>;
  /**
   * Sets the cursor back: events after it are delivered again. Lanes that begin after it flow again, and the dead
   * letters after it are forgotten, as their events get another chance. Keys that an operator has halted stay so.
   */
  rewindGroup(name: string, cursor: number): Promise<void>;
  /**
   * Sets the cursor forward: everything up to it counts as done. Lanes that begin before it flow again, and the dead
   * letters up to it are forgotten. Keys that an operator has halted stay so, and go on behind it.
   */
  forwardGroup(name: string, cursor: number): Promise<void>;
  /** Sets a lane back to its head: it is stored, and the key's dead letters from there on are forgotten. */
  rewindLane(name: string, lane: ParkedLane): Promise<void>;
  moveCursor(name: string, cursor: number): Promise<void>;

  /** Parks a lane, or stores what became of a parked one. */
  saveLane(name: string, lane: ParkedLane): Promise<void>;
  /** The lane flows again: the group's cursor must not have passed any event that is still to be delivered. */
  removeLane(name: string, key: string): Promise<void>;
  lanes(name: string): Promise<ParkedLane[]>;

  /** Stores the dead letter and what becomes of its lane. The same event of a group is one dead letter, ever. */
  giveUp(name: string, letter: DeadLetter, lane: ParkedLane): Promise<void>;
  /** A dead letter that was queued has been delivered; with it, stores what becomes of its lane. */
  redelivered(name: string, sequence: number, lane: ParkedLane): Promise<void>;
  /**
   * Stores a dead letter of an event that is damaged in the log, with what is left of its text (base64). It is not
   * forgotten when its group or key is set back: the event gets no other chance.
   */
  setAside(name: string, letter: DeadLetter, remains: string | null): Promise<void>;
  /** Forgets a dead letter; with it, stores what becomes of its lane, if that is parked. */
  discard(name: string, sequence: number, lane: ParkedLane | undefined): Promise<void>;

  /** Throws Unavailable while a transition waits for room on the disk: nothing that would wait behind it begins. */
  expectRoom(): void;
  close(): Promise<void>;
}
