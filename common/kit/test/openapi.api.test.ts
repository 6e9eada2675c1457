import request from 'supertest';
import { z } from 'zod';
import {
  createMetrics,
  createServiceApp,
  finishApp,
  mountRoutes,
  openApi,
  type RouteTable,
  silentLogger,
} from '../src';
import { documentedRoutes, mountedRoutes, withDocumentedAnswers } from './documented-answers';

const NewThing = z.object({ name: z.string(), size: z.number().default(1) }).meta({ id: 'NewThing' });
const Thing = z.object({ id: z.string(), at: z.iso.datetime(), size: z.number().default(1) }).meta({ id: 'Thing' });

const routes: RouteTable = {
  '/things': {
    get: {
      summary: 'All things',
      query: z.object({ limit: z.coerce.number().int().max(9).default(9), after: z.string() }),
      answers: { 200: { description: 'Things', body: z.array(Thing), headers: { Link: 'The next ones' } } },
    },
    post: {
      summary: 'Makes a thing',
      body: NewThing,
      roles: ['author'],
      idempotent: true,
      answers: { 201: { description: 'It', body: Thing } },
    },
  },
  '/things/:id': {
    get: { summary: 'A thing', answers: { 200: { description: 'It', body: Thing } }, problems: { 404: 'None' } },
    delete: { summary: 'Ends it', ifMatch: true, answers: { 204: { description: 'It is gone' } } },
  },
};

const aDocument = () => openApi({ title: 'things', description: 'Owns things.', routes });

function anApp(thing: object) {
  const app = createServiceApp({
    ...{ logger: silentLogger, metrics: createMetrics('test'), isReady: () => true, document: aDocument() },
  });
  mountRoutes(app, {
    '/things': { get: (_req, res) => void res.json([thing]), post: (_req, res) => void res.sendStatus(204) },
    '/things/:id': { get: (_req, res) => void res.json(thing), delete: (_req, res) => void res.sendStatus(204) },
  });
  return finishApp(app, silentLogger);
}

describe('The document of a process', () => {
  it('says what each operation takes and answers, with each schema once', () => {
    const { paths, components } = aDocument();
    const { parameters, responses } = paths['/things']?.get ?? {};
    expect(parameters).toEqual([
      {
        name: 'limit',
        in: 'query',
        required: false,
        schema: { type: 'integer', maximum: 9, default: 9 },
      },
      { name: 'after', in: 'query', required: true, schema: { type: 'string' } },
    ]);
    expect(responses?.['200']).toEqual({
      description: 'Things',
      headers: { Link: { description: 'The next ones', schema: { type: 'string' } } },
      content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } } },
    });
    expect(components.schemas).toMatchObject({
      NewThing: { required: ['name'] },
      Thing: { properties: { at: { type: 'string', format: 'date-time' } }, required: ['id', 'at', 'size'] },
    });
  });

  it('names the errors that follow from what an operation takes', () => {
    const { paths } = aDocument();
    const statuses = (path: string, method: 'get' | 'post' | 'delete') =>
      Object.keys(paths[path]?.[method]?.responses ?? {}).join(' ');
    expect(statuses('/things', 'get')).toBe('200 304 400 500');
    expect(statuses('/things', 'post')).toBe('201 400 401 403 413 415 422 500');
    expect(statuses('/things/{id}', 'get')).toBe('200 304 400 404 500');
    expect(statuses('/things/{id}', 'delete')).toBe('204 400 412 428 500');
  });

  it('refers to nothing that is not in it', () => {
    const document = aDocument();
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(document.components.schemas)));
  });

  it('can not have two schemas of one name', () => {
    const other = {
      get: { summary: '', answers: { 200: { description: '', body: z.object({}).meta({ id: 'Thing' }) } } },
    };
    expect(() => openApi({ title: '', description: '', routes: { ...routes, '/others': other } })).toThrow('two Thing');
  });

  it('is served, and names the routes of the app', async () => {
    const app = anApp({});
    expect((await request(app).get('/openapi.json')).body).toEqual(aDocument());
    expect(documentedRoutes(aDocument())).toEqual(mountedRoutes(app));
  });
});

describe('A test of answers against the document', () => {
  const thing = { id: 't', at: '2026-11-24T12:00:00Z', size: 1 };

  /** What is found wrong with the answer to a request. */
  async function faultsOf(answered: object, ask: (at: ReturnType<typeof request>) => PromiseLike<unknown>) {
    const opened: { close(): unknown }[] = [];
    const life = { file: String, closing: <T extends { close(): unknown }>(one: T) => (opened.push(one), one) };
    await ask(request(withDocumentedAnswers(anApp(answered), { document: aDocument(), life })));
    try {
      for (const one of opened) one.close();
    } catch (error) {
      return String(error);
    }
    return undefined;
  }

  it.each<[string, object, (at: ReturnType<typeof request>) => PromiseLike<unknown>, string | undefined]>([
    ['what is documented', thing, (at) => at.get('/things/1'), undefined],
    ['a list of it', thing, (at) => at.get('/Things/?after=1'), undefined],
    ['a route that is not there', thing, (at) => at.get('/nothing'), undefined],
    ['a method that is not there', thing, (at) => at.put('/things'), undefined],
    ['HEAD', thing, (at) => at.head('/things/1'), undefined],
    ['the metrics', thing, (at) => at.get('/metrics'), undefined],
    ['a field too much', { ...thing, secret: 1 }, (at) => at.get('/things/1'), 'Unrecognized key: "secret"'],
    ['a field too much in a list', { ...thing, secret: 1 }, (at) => at.get('/things'), 'Unrecognized key: "secret"'],
    ['a field too little', { ...thing, id: undefined }, (at) => at.get('/things/1'), 'expected string'],
    ['another kind of text', { ...thing, at: 'noon' }, (at) => at.get('/things/1'), 'at'],
    ['a status that is not documented', thing, (at) => at.post('/things'), 'POST /things 204: the status is not'],
  ])('finds what is to be found in %s', async (_what, answered, ask, fault) => {
    const found = await faultsOf(answered, ask);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });
});
