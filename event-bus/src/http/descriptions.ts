import { Subscription } from '../delivery/subscription';
import { Fault } from '../faults/fault';
import { ListQuery, RedeliverBody } from './dead-letters';
import { ErasuresQuery } from './erasures';
import { EventQuery, PathQuery } from './event';
import { PageQuery } from './history';
import type { Descriptions } from './openapi';
import { PublishQuery } from './publish';
import { KeyBody, SkipBody } from './key-commands';
import { ReplayBody, ReplayQuery } from './replay';
import { FollowQuery } from './stream';

const noGroup = 'There is no such group';
const group = { 404: noGroup } as const;

/** What each route is for, in the words of `/openapi.json`; in full it stands at the routes. */
export const descriptions: Descriptions = {
  '/events': {
    get: {
      summary: 'All events, oldest first; with any of the parameters a page of them',
      query: PageQuery,
      answers: { 200: 'An array of events; Link rel="next" leads to the next page', 400: 'A parameter is not valid' },
    },
    post: {
      summary: 'Publishes one event or an array of them: all or none',
      query: PublishQuery,
      bodyTypes: [
        ...['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'],
        // Binary mode: the attributes are in ce-* headers.
        '*/*',
      ],
      answers: {
        200: '{"status":"OK","events":[{"id","sequence"}],"durable":"fsynced"}: stored; with wait, the group is done with them',
        202: 'The same: stored, but the group was not done in time',
        400: 'Not JSON, not UTF-8, or a parameter is not valid',
        401: 'Not signed, where a secret is set',
        403: 'The signer may not publish a type',
        404: noGroup,
        409: 'Another event has this id and source',
        413: 'An event or the request is too large',
        415: 'Another media type or charset',
        422: 'An event is not valid',
        503: 'No room; Retry-After says when to try again',
      },
    },
  },
  '/events/:id': {
    get: {
      summary: 'One event, its cause and effects, and what each group did with it',
      query: EventQuery,
      answers: { 200: 'The event', 400: 'Several sources have an event of this id', 404: 'There is no such event' },
    },
  },
  '/events/:id/path': {
    get: {
      summary: 'The chain of an event: from its first cause to everything that came of it',
      query: PathQuery,
      answers: {
        200: 'A page of the chain; Link rel="next" leads to the next page',
        400: 'Several sources have an event of this id',
        404: 'There is no such event',
      },
    },
  },
  '/subscriptions': { get: { summary: 'All groups and how they are', answers: { 200: 'An array of groups' } } },
  '/subscriptions/:group': {
    get: { summary: 'A group and how it is', answers: { 200: 'The group', ...group } },
    put: {
      summary: 'Makes a group or gives it new settings; credentials that are shown as *** stay what they are',
      body: Subscription,
      answers: { 200: 'It goes on from its cursor', 201: 'It is new', 400: 'The settings are not valid' },
    },
    delete: {
      summary:
        'Ends a group; its cursor and dead letters are forgotten. One of the settings stays deleted until these change',
      answers: { 204: 'Done', ...group },
    },
  },
  '/subscriptions/:group/pause': { post: { summary: 'Pauses a group', answers: { 200: 'The group', ...group } } },
  '/subscriptions/:group/resume': { post: { summary: 'Resumes a group', answers: { 200: 'The group', ...group } } },
  '/subscriptions/:group/replay': {
    post: {
      summary: 'Delivers events again that the group, or one key of it, has had',
      query: ReplayQuery,
      body: ReplayBody,
      answers: { 200: 'From where on, and how many events', 400: 'It would skip events', ...group },
    },
  },
  '/subscriptions/:group/skip': {
    post: {
      summary: 'Gives up one event, as a dead letter; its key goes on',
      body: SkipBody,
      answers: { 200: 'The dead letter', 409: 'Another event of its key comes first, or it waits no more', ...group },
    },
  },
  '/subscriptions/:group/halt': {
    post: {
      summary: 'Sends nothing of a key until it is released',
      body: KeyBody,
      answers: { 200: 'The group', ...group },
    },
  },
  '/subscriptions/:group/release': {
    post: { summary: 'Lets a halted key go on, at once', body: KeyBody, answers: { 200: 'The group', ...group } },
  },
  '/stream': {
    get: {
      summary: 'What happens, as server-sent events: counts, samples, one chain',
      query: FollowQuery,
      answers: { 200: 'text/event-stream', 403: 'A page of another site', 503: 'Too many read already' },
    },
  },
  '/faults': {
    get: { summary: 'What goes wrong on purpose', answers: { 200: 'An array of faults', 403: 'Faults are off' } },
    delete: { summary: 'Ends all faults', answers: { 204: 'Done', 403: 'Faults are off' } },
  },
  '/faults/:group': {
    put: {
      summary: 'Makes something go wrong for a while',
      body: Fault,
      answers: { 200: 'The fault', 403: 'Faults are off', ...group },
    },
    delete: {
      summary: 'Ends a fault',
      answers: { 204: 'Done', 403: 'Faults are off', 404: 'Nothing goes wrong there' },
    },
  },
  '/erasures': {
    get: {
      summary: 'What was erased from the log, and whether it is done; the newest first',
      query: ErasuresQuery,
      answers: { 200: 'An array of at most 1,000; doneAt is null until no byte is left in the files' },
    },
  },
  '/dead-letters': {
    get: {
      summary: 'Events that were given up',
      query: ListQuery,
      answers: { 200: 'A page of them', 400: 'A parameter is not valid' },
    },
  },
  '/dead-letters/redeliver': {
    post: {
      summary: 'Delivers dead letters again',
      body: RedeliverBody,
      answers: { 202: 'A job', 404: 'One that is named does not exist' },
    },
  },
  '/dead-letters/redeliveries/:job': {
    get: {
      summary: 'How far a redelivery is; kept for 30 days, of the newest 1,000',
      answers: { 200: 'The job', 404: 'There is no such job' },
    },
  },
  '/dead-letters/:id': {
    get: { summary: 'One dead letter', answers: { 200: 'The dead letter', 404: 'There is none of this id' } },
    delete: {
      summary: 'Forgets a dead letter; a key that it halted goes on',
      answers: { 204: 'Done', 404: 'There is none of this id' },
    },
  },
};
