/** How many groups get every event. */
export const groupCount = 4;

/** Where events go in and come out: what the publisher and the receivers need to know of a contestant. */
export type Wiring =
  | { kind: 'http'; url: string; publishBatch: number; receiverPorts: readonly number[] }
  | { kind: 'rabbitmq'; url: string; exchange: string; queues: readonly string[] }
  | { kind: 'jetstream'; servers: string; subject: string; stream: string; consumers: readonly string[] };

/** Publishes one event or more and resolves when they are acknowledged; rejects when they are not. */
export interface EventPublisher {
  /** Events in one publish. */
  batch: number;
  publish(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Closes what receives. */
export type CloseReceivers = () => Promise<void>;

/** A body that a group got, which is acknowledged when this returns. */
export type OnBody = (group: number, body: string) => void;
