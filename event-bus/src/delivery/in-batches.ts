/** Gives a function that takes items one at a time, and passes on together what came in one turn of the event loop. */
export function inBatches<T>(pass: (items: T[]) => void): (item: T) => void {
  let items: T[] = [];

  function flush(): void {
    const batch = items;
    items = [];
    pass(batch);
  }

  return (item) => {
    if (items.push(item) === 1) setImmediate(flush);
  };
}
