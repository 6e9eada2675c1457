import { get, type IncomingMessage } from 'node:http';

/** The data of a message of the stream, whichever it is: each test knows what it asked for. */
export interface StreamData {
  since: string;
  upTo: number;
  published: { source: string; type: string; events: number }[];
  delivered: { group: string; outcome: string; events: number }[];
  groups: { group: string; state: string; lag: { events: number }; latencyMs: unknown; allowedInFlight: number }[];
  events: { kind: string; id: string; sequence: number; group?: string; outcome?: string; status?: number | null }[];
  of: { published: number; delivered: number; failed: number };
  missed: number;
}

export interface StreamClient {
  res: IncomingMessage;
  /** The data of all messages of this name so far. */
  all(name: string): StreamData[];
  /** The newest totals: events by `source type` and by `group outcome`. */
  totals(): Record<string, number>;
  /** How many comments came so far. */
  comments(): number;
  /** Resolves once that is so; it is looked at after each piece that comes. */
  until(isSo: () => boolean): Promise<void>;
  ended: Promise<void>;
  close(): void;
}

function messageIn(block: string): { name: string; data: StreamData } | undefined {
  const name = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  return name === undefined || data === undefined ? undefined : { name, data: JSON.parse(data) as StreamData };
}

/** Reads server-sent events over a connection of its own; resolves once the first message is there. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
  const res = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  const messages: { name: string; data: StreamData }[] = [];
  let comments = 0;
  let rest = '';
  let waiting: { isSo: () => boolean; resolve: () => void }[] = [];
  const look = (): void => {
    const so = waiting.filter(({ isSo }) => isSo());
    waiting = waiting.filter((one) => !so.includes(one));
    for (const { resolve } of so) resolve();
  };
  res.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = messageIn(block);
      if (message) messages.push(message);
      else comments += 1;
    }
    look();
  });
  const ended = new Promise<void>((resolve) => res.on('close', resolve).on('error', () => resolve()));
  const all = (wanted: string): StreamData[] => messages.flatMap(({ name, data }) => (name === wanted ? [data] : []));
  const client: StreamClient = {
    ...{ res, all, ended, comments: () => comments },
    totals() {
      const totals: Record<string, number> = {};
      for (const { published, delivered } of all('counts')) {
        for (const { source, type, events } of published) totals[`${source} ${type}`] = events;
        for (const { group, outcome, events } of delivered) totals[`${group} ${outcome}`] = events;
      }
      return totals;
    },
    until: (isSo) =>
      new Promise((resolve) => {
        waiting.push({ isSo, resolve });
        look();
      }),
    close: () => res.destroy(),
  };
  if (res.statusCode === 200) await client.until(() => all('start').length === 1);
  return client;
}
