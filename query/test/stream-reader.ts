import { get, type IncomingMessage } from 'node:http';

export interface Message {
  id?: string;
  event?: string;
  data?: unknown;
}

export interface StreamReader {
  res: IncomingMessage;
  /** Everything that came in so far, comments too. */
  text(): string;
  /** The events that came in so far; what only moves the id is left out. */
  messages(): Message[];
  ended: Promise<void>;
  close(): void;
}

function messageOf(block: string): Message {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))) as Message;
  return typeof fields.data === 'string' ? { ...fields, data: JSON.parse(fields.data) as unknown } : fields;
}

/** Opens a stream of server-sent events as a browser does. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<StreamReader> {
  const res = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { Accept: 'text/event-stream', ...headers }, agent: false }, resolve).on('error', reject);
  });
  let text = '';
  res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<void>((resolve) => {
    res.on('close', resolve).on('error', () => resolve());
  });
  return {
    res,
    text: () => text,
    messages: () =>
      text
        .split('\n\n')
        .slice(0, -1)
        .map(messageOf)
        .filter(({ event }) => event !== undefined),
    ended,
    close: () => res.destroy(),
  };
}
