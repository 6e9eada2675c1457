import { connect, type Socket } from 'node:net';

export interface RawConnection {
  socket: Socket;
  /** Everything that came in so far. */
  received(): string;
  /** Resolves when the other side has ended the connection. */
  ended: Promise<void>;
}

/** A TCP connection that says what no HTTP library would say. It leaves its own half open until it is destroyed. */
export async function connectRaw(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<void>((resolve) => {
    socket.on('end', resolve).on('close', () => resolve());
    socket.on('error', () => resolve());
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return { socket, received: () => text, ended };
}
