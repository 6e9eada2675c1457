import { readConfig } from '@blog/kit';
import request from 'supertest';
import { routesIn, standsAnyInput } from '../../common/kit/test/any-input';
import { settings } from '../src/config';
import { descriptions } from '../src/http/descriptions';
import { openApiOf } from '../src/http/openapi';
import { runBus } from './running-bus';

const document = openApiOf(descriptions, descriptions) as unknown as Parameters<typeof routesIn>[0] & {
  components: { schemas: Record<string, Record<string, unknown>> };
};

/** An event as CloudEvents has it: `POST /events` takes more than one form, so its document has no one schema. */
const text = { type: 'string' };
const event = {
  properties: {
    ...{ specversion: { const: '1.0' }, type: text, id: text, source: text, subject: text, partitionkey: text },
    ...{ time: { type: 'string', format: 'date-time' }, datacontenttype: { const: 'application/json' } },
    ...{ sequence: text, causationid: text, correlationid: text, traceparent: text, data_base64: text },
    data: { properties: { id: text, postId: text, content: text, title: text } },
  },
  required: ['type', 'data'],
};

standsAnyInput({
  routes: routesIn(document, { without: ['/stream'] }).map((route) =>
    route.path === '/events' && route.method === 'post'
      ? { ...route, body: { anyOf: [event, { type: 'array', items: event }] } }
      : route,
  ),
  schemas: document.components.schemas,
  ids: () => ['known', 'e1'],
  async serve(life) {
    const { EVENT_TYPES: eventTypes } = readConfig(settings, {});
    // Nobody listens there: what is published is not delivered to anybody.
    const subscriptions = { known: { endpoints: ['http://127.0.0.1:9/events'] } };
    const bus = await runBus(life.file('bus'), subscriptions, { eventTypes, takesFaults: true });
    life.closing({ close: () => bus.stop() });
    const { url } = bus.server;
    await request(url)
      .post('/events')
      .send({ id: 'e1', type: 'PostCreated', data: { id: 'p1', title: 't' } })
      .expect(200);
    const stored = async () => {
      const [events, groups, faults] = await Promise.all(
        ['/events', '/subscriptions', '/faults'].map(async (path) => (await request(url).get(path)).text),
      );
      const names = (JSON.parse(groups ?? '[]') as { name: string }[]).map(({ name }) => name);
      return JSON.stringify([events, names, (JSON.parse(faults ?? '[]') as unknown[]).length]);
    };
    return { url, headers: {}, stored };
  },
});
