/** An answer of a service as everybody gets it. */
export interface LastAnswer {
  headers: Record<string, string | string[]>;
  body: Buffer;
  /** When the service was last known to answer so. */
  asOf: Date;
}

/** The last good answers, in memory, for as long as the service that gives them is away. */
export interface LastAnswers {
  /** By path and query, letter for letter. Undefined if it is too old. */
  get(path: string): LastAnswer | undefined;
  keep(path: string, answer: Omit<LastAnswer, 'asOf'>): void;
  /** The service said that the answer with this ETag is still right. */
  confirm(path: string, etag: string): void;
  forget(path: string): void;
  /** Bytes. */
  size(): number;
}

interface LastAnswersOptions {
  now: () => Date;
  /** What all of them may take together. The one that nobody has asked for the longest goes first. */
  maxBytes?: number;
  /** What was deleted since may still be in a kept answer: after this time it is given to nobody. */
  maxAgeMs?: number;
}

/** What an answer takes besides its body: headers, key and object; measured roughly. */
const overhead = 1_500;
const hourMs = 60 * 60_000;

export function createLastAnswers({
  now,
  maxBytes = 16 * 1024 * 1024,
  maxAgeMs = hourMs,
}: LastAnswersOptions): LastAnswers {
  const answers = new Map<string, LastAnswer>();
  // One large answer must not push out all others.
  const largest = maxBytes / 8;
  let bytes = 0;

  const sizeOf = (path: string, { body }: Pick<LastAnswer, 'body'>): number => body.length + 2 * path.length + overhead;

  function forget(path: string): void {
    const answer = answers.get(path);
    if (!answer) return;
    answers.delete(path);
    bytes -= sizeOf(path, answer);
  }

  return {
    get(path) {
      const answer = answers.get(path);
      if (!answer) return undefined;
      if (now().getTime() - answer.asOf.getTime() > maxAgeMs) return void forget(path);
      // Last in the map: the first to be dropped is the one that nobody has asked for.
      answers.delete(path);
      answers.set(path, answer);
      return answer;
    },
    keep(path, answer) {
      forget(path);
      const size = sizeOf(path, answer);
      if (size > largest) return;
      answers.set(path, { ...answer, asOf: now() });
      bytes += size;
      for (const oldest of answers.keys()) {
        if (bytes <= maxBytes) break;
        forget(oldest);
      }
    },
    confirm(path, etag) {
      const answer = answers.get(path);
      if (answer && answer.headers['etag'] === etag) answer.asOf = now();
    },
    forget,
    size: () => bytes,
  };
}
