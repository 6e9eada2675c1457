import { connect } from 'node:net';

export interface RawAnswer {
  /** NaN where there was none. */
  status: number;
  head: string;
  body: string;
}

const withinMs = 10_000;

/** Sends bytes as they are, which no HTTP client would, and gives what is answered until the connection ends. */
export function sendRaw(url: string, bytes: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const parts: Buffer[] = [];
    socket.setTimeout(withinMs, () => socket.destroy(new Error(`No end of an answer to ${bytes.slice(0, 200)}`)));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that refuses what it has not read to its end may reset the connection after its answer.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') socket.destroy();
      else reject(error);
    });
    socket.on('close', () => {
      const [head = '', ...rest] = Buffer.concat(parts).toString('utf8').split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') });
    });
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

/** One request with such a target and such lines of headers, after which the connection ends. */
export function requestLines(method: string, target: string, headers: readonly string[], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${method} ${target} HTTP/1.1`, ...headers, ...length, 'Connection: close', '', body].join('\r\n');
}
