import { connect } from 'amqplib';
import { type Contestant, startOrUndo } from './contestant';
import { type CloseReceivers, type EventPublisher, groupCount, type OnBody } from './wiring';

const url = 'amqp://guest:guest@127.0.0.1:5672';
const exchange = 'bench-bus';
/** Deliveries that a group may hold unacknowledged: enough to keep it busy, and more brought nothing. */
const prefetch = 256;

const open = (address: string) => connect(address, { noDelay: true, timeout: 5_000 });

export async function openRabbitPublisher(address: string, to: string): Promise<EventPublisher> {
  const connection = await open(address);
  const channel = await connection.createConfirmChannel();
  return {
    batch: 1,
    publish: ([text = '']) =>
      new Promise((resolve, reject) => {
        const options = { persistent: true, contentType: 'application/cloudevents+json' };
        channel.publish(to, '', Buffer.from(text), options, (error: unknown) =>
          error ? reject(new Error('refused by the broker', { cause: error })) : resolve(),
        );
      }),
    close: () => connection.close(),
  };
}

/** A connection for each group, as four programs would have. */
export async function openRabbitReceivers(
  address: string,
  queues: readonly string[],
  onBody: OnBody,
): Promise<CloseReceivers> {
  const connections = await Promise.all(queues.map(() => open(address)));
  for (const [group, connection] of connections.entries()) {
    const channel = await connection.createChannel();
    await channel.prefetch(prefetch);
    await channel.consume(queues[group] ?? '', (message) => {
      if (!message) return;
      onBody(group, message.content.toString('latin1'));
      channel.ack(message);
    });
  }
  return async () => void (await Promise.all(connections.map((connection) => connection.close())));
}

/** A durable fanout exchange with one durable queue for each group. */
export function rabbitmq(type: 'classic' | 'quorum', fsynced: string): Contestant {
  const queues = Array.from({ length: groupCount }, (_, group) => `${exchange}-${type}-${group}`);
  return {
    id: type,
    name: `RabbitMQ, ${type} queues`,
    fsynced,
    start: () =>
      startOrUndo(async (undoBy) => {
        const connection = await open(url);
        undoBy(() => connection.close());
        const channel = await connection.createChannel();
        const remove = async (): Promise<void> => {
          for (const queue of queues) await channel.deleteQueue(queue);
          await channel.deleteExchange(exchange);
        };
        // A run that was killed leaves its own behind.
        await remove();
        undoBy(remove);
        await channel.assertExchange(exchange, 'fanout', { durable: true });
        for (const queue of queues) {
          await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
          await channel.bindQueue(queue, exchange, '');
        }
        const { version } = connection.connection.serverProperties;
        return { wiring: { kind: 'rabbitmq', url, exchange, queues }, version: `RabbitMQ ${version}` };
      }),
  };
}
