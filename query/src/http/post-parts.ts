/** The JSON of posts as lists show them, kept from one list to the next: most of a list is what it was before. */
export interface PostParts {
  /** The part of a post, made where it isn't kept. */
  of(id: string, make: () => string): string;
  forget(ids: Iterable<string>): void;
  /** Characters. */
  size(): number;
}

/** Keeps at most so many characters: what no list had for the longest time goes first. */
export function createPostParts(most = 8 * 1024 * 1024): PostParts {
  const parts = new Map<string, string>();
  let characters = 0;

  function drop(id: string): void {
    const part = parts.get(id);
    if (part === undefined) return;
    parts.delete(id);
    characters -= part.length;
  }

  return {
    of(id, make) {
      const part = parts.get(id) ?? make();
      // Last in the map: the first to be dropped is the one that no list has had.
      drop(id);
      if (part.length > most / 8) return part;
      parts.set(id, part);
      characters += part.length;
      for (const oldest of parts.keys()) {
        if (characters <= most) break;
        drop(oldest);
      }
      return part;
    },
    forget(ids) {
      for (const id of ids) drop(id);
    },
    size: () => characters,
  };
}
