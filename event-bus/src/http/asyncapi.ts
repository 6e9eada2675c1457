import { z } from 'zod';
import { BareEvent, CloudEvent } from '../attributes';

export type JsonSchema = Record<string, unknown>;

/** The JSON Schema of what a schema takes, to be put into a larger document. */
export function schemaOf(schema: z.ZodType, target: 'draft-7' | 'draft-2020-12'): JsonSchema {
  return inside(z.toJSONSchema(schema, { target, io: 'input' }));
}

function inside(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema'));
}

const ref = (path: string): { $ref: string } => ({ $ref: `#/${path}` });

/** A name as a key in a document may be: event types may hold other characters. */
const keyOf = (type: string): string => type.replace(/[^\w.-]/g, '_');

function messageOf(type: string, { description }: JsonSchema): JsonSchema {
  const properties = { type: { const: type }, data: ref(`components/schemas/${keyOf(type)}`) };
  return {
    ...{ name: type, contentType: 'application/json' },
    ...(typeof description === 'string' ? { summary: description } : {}),
    payload: { allOf: [ref('components/schemas/CloudEvent'), { type: 'object', properties, required: ['data'] }] },
  };
}

/** Messages of any type. */
const general = {
  bareEvent: {
    name: 'bareEvent',
    summary: 'The classic form: what it does not say is completed',
    contentType: 'application/json',
    payload: ref('components/schemas/BareEvent'),
  },
  cloudEvent: {
    name: 'cloudEvent',
    contentType: 'application/cloudevents+json',
    payload: ref('components/schemas/CloudEvent'),
  },
};

const channels = {
  publish: {
    address: '/events',
    title: 'What is published',
    description:
      'One event or an array of events; a CloudEvent in binary, structured or batched mode, or only `{type, data}`. ' +
      'Any type is taken; those that are named here are known.',
  },
  push: {
    address: null,
    title: 'What subscribers get',
    description:
      'At each endpoint of a group. A POST holds one event (application/json) or, for groups with `batch`, an array of ' +
      'events (application/cloudevents-batch+json). Events of one key come in order; any event may come twice.',
  },
};

/** A channel with the messages of these names, and the one thing that the bus does in it. */
function channelOf(name: keyof typeof channels, action: 'receive' | 'send', messages: readonly string[]) {
  const refs = messages.map((message) => [message, ref(`components/messages/${message}`)]);
  return {
    channel: { ...channels[name], messages: Object.fromEntries(refs) as JsonSchema },
    operation: {
      ...{ action, channel: ref(`channels/${name}`) },
      messages: messages.map((message) => ref(`channels/${name}/messages/${message}`)),
      bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
    },
  };
}

/**
 * The bus's events as an AsyncAPI 3 document. The envelope is described by the schemas that check it; `eventTypes` has
 * JSON Schemas (draft 7) of the data of types that are known.
 */
export function asyncApiOf(eventTypes: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const types = Object.entries(eventTypes);
  const known = types.map(([type, schema]) => [keyOf(type), messageOf(type, schema)] as const);
  const names = ['cloudEvent', ...known.map(([name]) => name)];
  const publish = channelOf('publish', 'receive', ['bareEvent', ...names]);
  const push = channelOf('push', 'send', names);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Event bus',
      version: '1.0.0',
      description: 'Durable events, at least once, in order per key, over plain HTTP. Its routes are in /openapi.json.',
    },
    defaultContentType: 'application/json',
    channels: { publish: publish.channel, push: push.channel },
    operations: { publish: publish.operation, push: push.operation },
    components: {
      messages: { ...general, ...Object.fromEntries(known) },
      schemas: {
        CloudEvent: schemaOf(CloudEvent, 'draft-7'),
        BareEvent: schemaOf(BareEvent, 'draft-7'),
        ...Object.fromEntries(types.map(([type, schema]) => [keyOf(type), inside(schema)])),
      },
    },
  };
}
