import type { DeliveryState, SavedGroup } from '../../src/delivery/delivery-state';
import { noEvidence } from '../../src/delivery/evidence';
import type { ParkedLane } from '../../src/delivery/lane';
import {
  createMemoryDeadLetters,
  emptyLetterTables,
  forget,
  giveUp,
  type LetterTables,
  redelivered,
  setAside,
} from './memory-dead-letters';

interface Tables extends LetterTables {
  log: { identity: string; head: number } | undefined;
  groups: Map<string, SavedGroup>;
  /** The cursors that groups were made with. */
  firstCursors: Map<string, number>;
  /** The settings of removed groups. */
  removed: Map<string, string>;
  lanes: Map<string, Map<string, ParkedLane>>;
}

type Transition = (tables: Tables) => void;

export interface MemoryDeliveryState extends DeliveryState {
  /** As after a failure of the machine: the last so many transitions never happened. */
  forgetLast(transitions: number): void;
}

const emptyTables = (): Tables => ({
  ...{ log: undefined, groups: new Map(), firstCursors: new Map(), removed: new Map(), lanes: new Map() },
  ...emptyLetterTables(),
});

function partOf<K, V>(map: Map<string, Map<K, V>>, name: string): Map<K, V> {
  const part = map.get(name) ?? new Map<K, V>();
  map.set(name, part);
  return part;
}

const isAhead = ({ firstCursors }: Tables, { name, cursor }: SavedGroup, head: number): boolean =>
  cursor > Math.max(head, firstCursors.get(name) ?? 0);

/** The log is shorter than what was noted: nothing beyond its end can be kept. */
function cutTo(tables: Tables, head: number): void {
  for (const group of tables.groups.values()) {
    if (isAhead(tables, group, head)) group.cursor = Math.max(head, tables.firstCursors.get(group.name) ?? 0);
  }
  for (const lanes of tables.lanes.values()) for (const [key, lane] of lanes) if (lane.head > head) lanes.delete(key);
  for (const letters of tables.letters.values()) for (const at of letters.keys()) if (at > head) letters.delete(at);
  tables.jobs.clear();
}

function saveLane({ lanes }: Tables, name: string, { redelivering: _, ...lane }: ParkedLane): void {
  partOf(lanes, name).set(lane.key, lane);
}

function createAttach(tables: () => Tables, commit: (transition: Transition) => void): DeliveryState['attach'] {
  return async (log) => {
    const known = tables().log;
    commit((t) => void (t.log = log));
    if (!known) return 'same log';
    if (known.identity !== log.identity) {
      commit((t) => {
        for (const group of t.groups.values()) group.cursor = 0;
        t.firstCursors.clear();
        t.lanes.clear();
        t.letters.clear();
        t.jobs.clear();
      });
      return 'other log';
    }
    if (![...tables().groups.values()].some((group) => isAhead(tables(), group, log.head))) return 'same log';
    commit((t) => cutTo(t, log.head));
    return 'shorter log';
  };
}

/** The delivery's state in memory, for the simulation: a list of transitions that can be cut short. */
export function createMemoryDeliveryState(): MemoryDeliveryState {
  let transitions: Transition[] = [];
  let tables = emptyTables();

  function commit(transition: Transition): void {
    transitions.push(transition);
    transition(tables);
  }

  return {
    forgetLast(count) {
      transitions = transitions.slice(0, Math.max(0, transitions.length - count));
      tables = emptyTables();
      for (const transition of transitions) transition(tables);
    },
    attach: createAttach(() => tables, commit),
    groups: async () => structuredClone([...tables.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1))),
    async saveGroup({ beginsBeyondEnd, ...group }) {
      commit(({ groups, firstCursors, removed }) => {
        const before = groups.get(group.name);
        if (!before && beginsBeyondEnd) firstCursors.set(group.name, group.cursor);
        groups.set(group.name, { ...group, cursor: before?.cursor ?? group.cursor, pausedBecause: undefined });
        removed.delete(group.name);
      });
    },
    async removeGroup(name) {
      commit((t) => {
        const configured = t.groups.get(name)?.configured;
        if (configured !== undefined) t.removed.set(name, configured);
        forget(t, name, () => true);
        [t.groups, t.firstCursors, t.lanes, t.letters].forEach((table) => table.delete(name));
      });
    },
    removedGroups: async () =>
      [...tables.removed]
        .map(([name, configured]) => ({ name, configured }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    forgetRemoved: async (name) => commit((t) => void t.removed.delete(name)),
    async pauseGroup(name, because) {
      commit(({ groups }) => Object.assign(groups.get(name) ?? {}, { pausedBecause: because }));
    },
    async moveCursor(name, cursor) {
      commit(({ groups }) => Object.assign(groups.get(name) ?? {}, { cursor }));
    },
    async resumeGroup(name) {
      commit(({ groups }) => Object.assign(groups.get(name) ?? {}, { pausedBecause: undefined }));
    },
    saveLane: async (name, lane) => commit((t) => saveLane(t, name, lane)),
    async removeLane(name, key) {
      commit(({ lanes }) => partOf(lanes, name).delete(key));
    },
    lanes: async (name) =>
      [...partOf(tables.lanes, name).values()].map((lane) => ({ ...lane })).sort((a, b) => (a.key < b.key ? -1 : 1)),
    async giveUp(name, letter, lane) {
      commit((t) => {
        giveUp(t, name, letter);
        saveLane(t, name, lane);
      });
    },
    async redelivered(name, sequence, lane) {
      commit((t) => {
        redelivered(t, name, sequence, lane.retryAt);
        saveLane(t, name, lane);
      });
    },
    setAside: async (name, letter, remains) => commit((t) => setAside(t, name, letter, remains)),
    async discard(name, sequence, lane) {
      commit((t) => {
        forget(t, name, (letter) => letter.sequence === sequence);
        if (lane) saveLane(t, name, lane);
      });
    },
    async rewindGroup(name, cursor) {
      commit((t) => {
        Object.assign(t.groups.get(name) ?? {}, { cursor });
        t.firstCursors.set(name, Math.min(t.firstCursors.get(name) ?? 0, cursor));
        forget(t, name, ({ sequence, phase }) => sequence > cursor && phase !== 'damaged');
        const lanes = partOf(t.lanes, name);
        for (const [key, lane] of lanes) {
          if (lane.head <= cursor + 1) continue;
          if (lane.phase === 'held') lanes.set(key, { ...lane, head: cursor + 1 });
          else lanes.delete(key);
        }
      });
    },
    async forwardGroup(name, cursor) {
      commit((t) => {
        Object.assign(t.groups.get(name) ?? {}, { cursor });
        forget(t, name, ({ sequence }) => sequence <= cursor);
        const lanes = partOf(t.lanes, name);
        for (const [key, one] of lanes) {
          if (one.head > cursor) continue;
          if (one.phase === 'held') lanes.set(key, { ...one, ...noEvidence, head: cursor + 1 });
          else lanes.delete(key);
        }
      });
    },
    async rewindLane(name, lane) {
      commit((t) => {
        forget(t, name, ({ sequence, key, phase }) => key === lane.key && sequence >= lane.head && phase !== 'damaged');
        saveLane(t, name, lane);
      });
    },
    ...createMemoryDeadLetters(() => tables, commit),
    expectRoom: () => undefined,
    close: async () => undefined,
  };
}
