/** Anything that may answer another thing of its kind. */
interface Answering {
  id: string;
  parentId?: string | undefined;
}

export interface Thread<T> {
  /** Of the comment that began it, whether that is there or not. */
  id: string;
  /** Undefined where it was deleted, isn't public, or stands on another page. */
  top: T | undefined;
  /** All answers, to whichever comment of the thread, in the order given. */
  replies: { item: T; /** Whom it answers, where that isn't the thread's first comment. */ to: T | undefined }[];
}

/** The first comment of the thread that one belongs to, as far as it is known; a circle (from foreign code) ends somewhere. */
function topIdOf<T extends Answering>(item: T, byId: ReadonlyMap<string, T>): string {
  const seen = new Set<string>();
  let id = item.id;
  for (let each: T | undefined = item; each; each = byId.get(id)) {
    if (seen.has(each.id) || each.parentId === undefined) break;
    seen.add(each.id);
    id = each.parentId;
  }
  return id;
}

/** Comments as threads one level deep: what answers an answer stands beside it, and says whom it answers. */
export function threadsOf<T extends Answering>(items: readonly T[]): Thread<T>[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const threads = new Map<string, Thread<T>>();
  for (const item of items) {
    const id = topIdOf(item, byId);
    const thread = threads.get(id) ?? { id, top: undefined, replies: [] };
    threads.set(id, thread);
    if (item.id === id) thread.top = item;
    else thread.replies.push({ item, to: item.parentId === id ? undefined : byId.get(item.parentId ?? '') });
  }
  return [...threads.values()];
}
