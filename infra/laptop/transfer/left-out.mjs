/** Counts what an import leaves out, or takes over otherwise than it was, by its kind, in the order of what comes first. */
export function createCounts() {
  const counts = new Map();
  return {
    add(kind, count = 1) {
      if (count > 0) counts.set(kind, (counts.get(kind) ?? 0) + count);
    },
    /** A line as `Left out: page: 2, note: 1.`, in a list, which is empty where nothing was counted. */
    lines(what) {
      const all = [...counts].map(([kind, count]) => `${kind}: ${count}`).join(', ');
      return all === '' ? [] : [`${what}: ${all}.`];
    },
  };
}
