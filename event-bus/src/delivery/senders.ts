import { createSigner } from '@blog/kit';
import { createHttpSender, type HttpSender, type Sender } from './send';

export interface SendersOptions {
  /** How many each group has at most to one server. */
  connections: number;
  /** Pushes are signed with these, the newest first; not at all without any. */
  secrets: readonly string[];
}

export interface Senders {
  /** Each group has its own connections, so that one that hangs takes none from the others. */
  open(group: string): Sender;
  close(): Promise<void>;
}

/** Sends in this thread. */
export function sendHere({
  connections,
  secrets: [newest, ...older],
}: SendersOptions): Senders & { open(group: string): HttpSender } {
  const signer = newest === undefined ? undefined : createSigner([newest, ...older]);
  return {
    open: () => createHttpSender({ connections, signer }),
    close: () => Promise.resolve(),
  };
}
