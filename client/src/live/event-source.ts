export type LiveState = 'connecting' | 'live' | 'reconnecting';

/** One change, as the read model tells it: a post or comment as it is now, or the id of one that was deleted. */
const changes = ['post', 'comment', 'post-deleted', 'comment-deleted'] as const;
export type LiveChange = (typeof changes)[number];

export interface LiveHandlers {
  onEvent(type: LiveChange, data: unknown): void;
  /** What happened before this moment may be unknown: ask the server for the present state. */
  onGap(): void;
  onState(state: LiveState): void;
}

export interface LiveSource {
  /** Where query's stream is, such as `/api/query/stream?post=…`. */
  path: string;
  /** The position in the stream up to which the page knows everything; without it, it begins with a gap. */
  position?: string;
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A browser tries again after a broken connection, but gives up on an answer like 503. Then it is the page's turn. */
function createRetry(open: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  return {
    later() {
      const waitMs = Math.min(firstRetryMs * 2 ** failures, longestRetryMs);
      failures += 1;
      timer = setTimeout(open, waitMs * (0.5 + Math.random() / 2));
    },
    succeeded: () => void (failures = 0),
    cancel: () => clearTimeout(timer),
  };
}

interface Connection {
  onOpen(): void;
  onMessage(type: LiveChange | 'reset', event: MessageEvent<string>): void;
  onError(isGivenUp: boolean): void;
}

function connect(address: string, { onOpen, onMessage, onError }: Connection): EventSource {
  const source = new EventSource(address);
  source.addEventListener('open', onOpen);
  source.addEventListener('error', () => onError(source.readyState === EventSource.CLOSED));
  for (const type of [...changes, 'reset'] as const) {
    source.addEventListener(type, (event: MessageEvent<string>) => onMessage(type, event));
  }
  return source;
}

/**
 * Follows query's live stream for as long as the page is visible: the connection is closed while the page is hidden
 * and taken up again after the last event seen. (A new EventSource can't send `Last-Event-ID`; `after` says the same.)
 * Returns the stop.
 */
export function followStream({ path, position }: LiveSource, { onEvent, onGap, onState }: LiveHandlers): () => void {
  let source: EventSource | undefined;
  let seen = position;

  const retry = createRetry(open);

  function close(): void {
    retry.cancel();
    source?.close();
    source = undefined;
  }

  function open(): void {
    const url = new URL(path, window.location.href);
    if (seen !== undefined) url.searchParams.set('after', seen);
    source = connect(url.pathname + url.search, {
      onOpen() {
        retry.succeeded();
        onState('live');
        if (seen === undefined) onGap();
      },
      onMessage(type, event) {
        if (event.lastEventId !== '') seen = event.lastEventId;
        if (type === 'reset') onGap();
        else onEvent(type, parse(event.data));
      },
      onError(isGivenUp) {
        onState('reconnecting');
        if (isGivenUp) retry.later();
      },
    });
  }

  function onVisibility(): void {
    close();
    if (document.visibilityState === 'visible') open();
  }

  document.addEventListener('visibilitychange', onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}
