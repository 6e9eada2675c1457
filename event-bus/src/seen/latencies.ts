/** How long the last POSTs of a group took, ms. */
export interface Latency {
  p50: number;
  p95: number;
}

export interface Latencies {
  add(group: string, ms: number): void;
  of(group: string): Latency | null;
}

const remembered = 256;

/** Rings of the last POSTs of each group. */
export function createLatencies(): Latencies {
  const rings = new Map<string, { last: number[]; turn: number }>();
  return {
    add(group, ms) {
      const ring = rings.get(group) ?? { last: [], turn: 0 };
      rings.set(group, ring);
      ring.last[ring.turn] = ms;
      ring.turn = (ring.turn + 1) % remembered;
    },
    of(group) {
      const sorted = [...(rings.get(group)?.last ?? [])].sort((a, b) => a - b);
      if (sorted.length === 0) return null;
      const at = (part: number): number =>
        Math.round((sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0) * 10) / 10;
      return { p50: at(0.5), p95: at(0.95) };
    },
  };
}
