/** What a service with state of its own needs: a database, an outbox with its relay, and a door for events. */

export {
  type Database,
  type Kysely,
  openDatabase,
  openLocked,
  type SqliteDatabase,
  transact,
  type Transaction,
} from './database';
export { scrubFiles, sharedRun } from './scrub';
export { addressDaysSetting, addressesEnd, type Repeated, repeatEachHour } from './retention';
export { createOutbox, type Outbox, outboxMigration } from './outbox';
export {
  createIdempotency,
  type Idempotency,
  idempotencyMigration,
  idempotentRequest,
  type IdempotentRequest,
} from './idempotency';
export { createRelay, type Relay } from './relay';
export { type BusConnection, busSettings, connectBus } from './bus-connection';
export { BusAway, type BusClient, createBusClient, EventsRefused } from './bus-client';
export { isFaultOfEvent, reasonOf } from './event-failure';
export {
  countSkipped,
  createRefusedEvents,
  type RefusedEvents,
  type SkippedEvent,
  SkippedEvents,
  skippedOperation,
  skippedRoute,
} from './skipped-events';
export {
  eventReceiver,
  eventReceiverOperation,
  type EventSchemas,
  parseEvents,
  type ReceivedEvent,
} from './event-receiver';
