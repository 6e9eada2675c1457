/** A part of a text, in UTF-16 code units; `end` is the first that doesn't belong to it. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A state of the automaton: the text so far ends with this node's path from the root.
 * `length` is that of the word that ends here, 0 where none does; `shorter` leads to the next shorter word that ends here.
 */
interface Node {
  next: Map<number, Node>;
  fallback?: Node;
  length: number;
  shorter?: Node;
}

export interface Matcher {
  /**
   * The parts of a text that are one of the words, touching ones joined. `accepts` says whether a place counts.
   * One pass, however many words there are (Aho and Corasick, 1975).
   */
  find(text: string, accepts?: (start: number, end: number) => boolean): Span[];
}

const newNode = (): Node => ({ next: new Map(), length: 0 });

/** Compiles words, none of them empty, once for many texts. */
export function createMatcher(words: readonly string[]): Matcher {
  const root = newNode();
  for (const word of words) addWord(root, word);
  addFallbacks(root);
  return {
    find(text, accepts = () => true) {
      const spans: Span[] = [];
      let node = root;
      for (let index = 0; index < text.length; index += 1) {
        node = step(root, node, text.charCodeAt(index));
        const end = index + 1;
        // The longest that counts holds all shorter ones that end at the same place.
        for (let word = node.length > 0 ? node : node.shorter; word; word = word.shorter) {
          if (!accepts(end - word.length, end)) continue;
          join(spans, { start: end - word.length, end });
          break;
        }
      }
      return spans;
    },
  };
}

function addWord(root: Node, word: string): void {
  let node = root;
  for (let index = 0; index < word.length; index += 1) {
    const code = word.charCodeAt(index);
    const next = node.next.get(code) ?? newNode();
    node.next.set(code, next);
    node = next;
  }
  node.length = word.length;
}

/** Level by level: a node's fallback is the longest other path that the text so far ends with. */
function addFallbacks(root: Node): void {
  const queue = [...root.next.values()];
  for (const node of queue) node.fallback = root;
  for (const node of queue) {
    for (const [code, next] of node.next) {
      const fallback = step(root, node.fallback ?? root, code);
      next.fallback = fallback;
      next.shorter = fallback.length > 0 ? fallback : fallback.shorter;
      queue.push(next);
    }
  }
}

function step(root: Node, from: Node, code: number): Node {
  for (let node: Node | undefined = from; node; node = node.fallback) {
    const next = node.next.get(code);
    if (next) return next;
  }
  return root;
}

/** Adds a span that ends after all others; those that it touches become one with it. */
function join(spans: Span[], { start, end }: Span): void {
  let from = start;
  for (let last = spans.at(-1); last && last.end >= from; last = spans.at(-1)) {
    from = Math.min(from, last.start);
    spans.pop();
  }
  spans.push({ start: from, end });
}
