/** Items by the time when they are due: a binary heap, so that 10,000 of them cost little. */
export interface DueQueue<T> {
  add(dueAt: number, item: T): void;
  /** When the next item is due; Infinity when there is none. */
  next(): number;
  /** The item that is due first; it stays. */
  first(): T | undefined;
  /** Takes the item that is due first. */
  take(): T | undefined;
  /** Makes everything due at that time that would be due later. */
  bringForward(to: number): void;
}

export function createDueQueue<T>(): DueQueue<T> {
  const heap: { dueAt: number; item: T }[] = [];
  const dueAt = (index: number): number => heap[index]?.dueAt ?? Infinity;

  function swap(a: number, b: number): void {
    const [first, second] = [heap[a], heap[b]];
    if (first && second) [heap[a], heap[b]] = [second, first];
  }

  function rise(index: number): void {
    const parent = (index - 1) >> 1;
    if (index === 0 || dueAt(parent) <= dueAt(index)) return;
    swap(index, parent);
    rise(parent);
  }

  function sink(index: number): void {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    const child = dueAt(right) < dueAt(left) ? right : left;
    if (dueAt(index) <= dueAt(child)) return;
    swap(index, child);
    sink(child);
  }

  return {
    add(due, item) {
      heap.push({ dueAt: due, item });
      rise(heap.length - 1);
    },
    next: () => dueAt(0),
    first: () => heap[0]?.item,
    take() {
      swap(0, heap.length - 1);
      const taken = heap.pop();
      sink(0);
      return taken?.item;
    },
    bringForward(to) {
      // No item comes to be due before another that it was not due before: the heap is still one.
      for (const entry of heap) entry.dueAt = Math.min(entry.dueAt, to);
    },
  };
}
