import { AckPolicy, jetstream as clientOf, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type Contestant, startOrUndo } from './contestant';
import { type CloseReceivers, type EventPublisher, groupCount, type OnBody } from './wiring';

const servers = '127.0.0.1:4222';
const stream = 'bench-bus';
const subject = 'bench-bus.events';
const durables = Array.from({ length: groupCount }, (_, group) => `group-${group}`);
/** Messages that a group asks for ahead; the server lets 1,000 be unacknowledged. */
const pulledAhead = 500;
const notFound = 404;

export async function openJetStreamPublisher(address: string, to: string): Promise<EventPublisher> {
  const connection = await connect({ servers: address });
  const client = clientOf(connection);
  return {
    batch: 1,
    publish: async ([text = '']) => void (await client.publish(to, text, { timeout: 60_000 })),
    close: () => connection.close(),
  };
}

/** A connection for each group, as four programs would have. */
export async function openJetStreamReceivers(
  address: string,
  { from, names }: { from: string; names: readonly string[] },
  onBody: OnBody,
): Promise<CloseReceivers> {
  const connections = await Promise.all(names.map(() => connect({ servers: address })));
  for (const [group, connection] of connections.entries()) {
    const consumer = await clientOf(connection).consumers.get(from, names[group] ?? '');
    await consumer.consume({
      max_messages: pulledAhead,
      callback(message) {
        onBody(group, Buffer.from(message.data).toString('latin1'));
        message.ack();
      },
    });
  }
  return async () => void (await Promise.all(connections.map((connection) => connection.close())));
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === notFound;
}

/** A stream in files with one durable consumer, explicitly acknowledging, for each group. */
export function jetstream(fsynced: string): Contestant {
  return {
    id: 'jetstream',
    name: 'NATS JetStream, file storage',
    fsynced,
    start: () =>
      startOrUndo(async (undoBy) => {
        const connection = await connect({ servers, timeout: 5_000, reconnect: false });
        undoBy(() => connection.close());
        const { streams, consumers } = await jetstreamManager(connection);
        const remove = async (): Promise<void> => {
          await streams.delete(stream).catch((error: unknown) => {
            if (!isNotFound(error)) throw error;
          });
        };
        // A run that was killed leaves its stream behind.
        await remove();
        undoBy(remove);
        await streams.add({ name: stream, subjects: [subject], storage: StorageType.File });
        for (const name of durables) {
          await consumers.add(stream, { durable_name: name, ack_policy: AckPolicy.Explicit });
        }
        const wiring = { kind: 'jetstream' as const, servers, stream, subject, consumers: durables };
        return { wiring, version: `nats-server ${connection.info?.version}` };
      }),
  };
}
