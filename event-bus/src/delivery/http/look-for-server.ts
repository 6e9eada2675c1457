import { connect } from 'node:net';
import type { Answer } from '../outcome';
import type { SentPush } from '../send';

/** A proxy in front of a server that is away takes a connection and ends it at once, ms. */
const openMs = 50;

/**
 * Looks whether a server is there, without a request: many subscribers take whatever they get for an event. It is there if
 * it keeps a connection open for a moment. The answer then has the status 200.
 */
export function lookForServer({ protocol, hostname, port }: URL): SentPush {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const standard = protocol === 'https:' ? 443 : 80;
  let give: (answer: Answer) => void = () => undefined;
  const answer = new Promise<Answer>((resolve) => (give = resolve));
  const socket = connect({ host, port: port === '' ? standard : Number(port) });
  let isOpen = false;
  let timer: NodeJS.Timeout | undefined;

  function end(came: Answer): void {
    clearTimeout(timer);
    socket.destroy();
    give(came);
  }

  socket.once('connect', () => {
    isOpen = true;
    timer = setTimeout(() => end({ kind: 'answered', status: 200 }), openMs);
  });
  socket.on('error', ({ message }) => end({ kind: isOpen ? 'broken' : 'unreachable', reason: message }));
  socket.once('close', () => end({ kind: 'broken', reason: 'the connection was ended at once' }));
  // Without a reader, the end of the connection would not be noticed.
  socket.resume();
  return {
    answer,
    isWritten: () => isOpen,
    abort: (reason) => end({ kind: isOpen ? 'broken' : 'unreachable', reason }),
  };
}
