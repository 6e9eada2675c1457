/** From a publisher into the bus. */
export interface PublishedEdge {
  source: string;
  type: string;
  events: number;
}

/** From the bus to a group: events of POSTs by their outcome, and those given up. */
export interface DeliveredEdge {
  group: string;
  outcome: string;
  events: number;
}

export interface Counts {
  published(source: string, type: string): void;
  delivered(group: string, outcome: string, events: number): void;
  /** Ends a turn of counting; gives its number. The first is 1. */
  endTurn(): number;
  /** The totals of those edges that were counted on after the end of a turn. */
  changedSince(turn: number): { published: PublishedEdge[]; delivered: DeliveredEdge[] };
}

/** What stands for every source and type beyond the first so many: publishers invent both, and memory is bounded. */
export const otherEdge = '(other)';
const mostPublishedEdges = 200;

/**
 * Totals per edge, from now on. Totals, so that whoever misses some of them has lost nothing: the next ones hold all,
 * and rates are differences.
 */
export function createCounts(): Counts {
  let turn = 1;

  function createTable<E extends { events: number }>() {
    const edges = new Map<string, { edge: E; changed: number }>();
    return {
      edges,
      count(name: string, edge: () => E, events: number): void {
        const entry = edges.get(name) ?? { edge: edge(), changed: 0 };
        edges.set(name, entry);
        entry.edge.events += events;
        entry.changed = turn;
      },
      changedSince: (since: number): E[] =>
        [...edges.values()].filter(({ changed }) => changed > since).map(({ edge }) => ({ ...edge })),
    };
  }
  const published = createTable<PublishedEdge>();
  const delivered = createTable<DeliveredEdge>();

  return {
    published(source, type) {
      const name = JSON.stringify([source, type]);
      const isKnown = published.edges.has(name);
      if (isKnown || published.edges.size < mostPublishedEdges) {
        published.count(name, () => ({ source, type, events: 0 }), 1);
      } else published.count('', () => ({ source: otherEdge, type: otherEdge, events: 0 }), 1);
    },
    delivered(group, outcome, events) {
      delivered.count(`${group} ${outcome}`, () => ({ group, outcome, events: 0 }), events);
    },
    endTurn: () => turn++,
    changedSince: (since) => ({
      published: published.changedSince(since),
      delivered: delivered.changedSince(since),
    }),
  };
}
