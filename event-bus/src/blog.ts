import { blogEvents } from '@blog/contract';
import { z } from 'zod';
import type { Subscription } from './delivery/subscription';
import type { DataAfterErasure } from './log/erased-text';

/**
 * All that the bus knows of the blog: what its settings are where nothing else is said.
 *
 * The groups of the blog. Each POST holds one event, so that any service written for `{type, data}` can take the place
 * of one of them; it would not understand an array, and answer 200 to it.
 */
export const blogSubscriptions: Record<string, z.input<typeof Subscription>> = {
  comments: {
    endpoints: ['http://127.0.0.1:4001/events', 'http://127.0.0.1:4006/events', 'http://127.0.0.1:4007/events'],
  },
  // Ours says that it keeps its place. The course's query, which may take its place, reads the history when it starts.
  query: { endpoints: ['http://127.0.0.1:4002/events'], catchUp: 'auto' },
  moderation: { endpoints: ['http://127.0.0.1:4003/events'] },
};

/**
 * What is left of the data of an erased event: ids, times and counts. A course's service that gets one in a replay shows a comment
 * that was rejected, without a text.
 */
export const blogDataAfterErasure: DataAfterErasure = {
  keep: [
    ...['id', 'postId', 'parentId', 'version', 'revision', 'commentVersion'],
    ...['createdAt', 'editedAt', 'updatedAt', 'imported'],
  ],
  set: { status: 'rejected' },
};

/** The data of the blog's events as JSON Schema, for `/asyncapi.json`: the bus takes any type, with any data. */
export const blogEventTypes: Record<string, Record<string, unknown>> = Object.fromEntries(
  Object.entries(blogEvents).map(([type, data]) => [type, z.toJSONSchema(data, { target: 'draft-7', io: 'input' })]),
);
