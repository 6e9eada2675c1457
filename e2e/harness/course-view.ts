import { type Post, readView } from './blog';
import { read } from './send';
import type { System } from './system';

/** What a reader sees under a post, in its order, as `content/status`; undefined while the post isn't there. */
export async function seen(system: System, post: Post): Promise<string[] | undefined> {
  const comments = (await readView(system))[post.id]?.comments;
  return comments?.map(({ content, status }) => `${content}/${status}`);
}

interface ShownGroup {
  state: string;
  lag: { events: number };
  inFlight: number;
  parked: { keys: number };
}

/** What the bus tells of a group. */
export function group({ urls }: System, name: string): Promise<ShownGroup> {
  return read<ShownGroup>(`${urls['event-bus']}/subscriptions/${name}`);
}

/** Whether the groups have got, or given up, every event that there is. */
export async function areDone(system: System, names: readonly string[]): Promise<boolean> {
  const shown = await Promise.all(names.map((name) => group(system, name)));
  return shown.every(({ lag, parked, inFlight }) => lag.events === 0 && parked.keys === 0 && inFlight === 0);
}

interface ShownLetter {
  group: string;
  type: string;
  key: string;
  attempts: number;
}

export function deadLetters({ urls }: System): Promise<ShownLetter[]> {
  return read<ShownLetter[]>(`${urls['event-bus']}/dead-letters`);
}

interface StoredEvent {
  id: string;
  type: string;
  data: { id: string };
}

/** Whether a group has got the event that tells of a post. */
export async function isDelivered({ urls }: System, post: Post, name: string): Promise<boolean> {
  const bus = urls['event-bus'];
  const events = await read<StoredEvent[]>(`${bus}/events`);
  const told = events.find(({ type, data }) => type === 'PostCreated' && data.id === post.id);
  if (!told) return false;
  const { groups } = await read<{ groups: { group: string; state: string }[] }>(`${bus}/events/${told.id}`);
  return groups.some((one) => one.group === name && one.state === 'done');
}
