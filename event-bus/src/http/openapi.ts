import type { Routes } from '@blog/kit';
import { z } from 'zod';
import { asyncApiOf, type JsonSchema, schemaOf } from './asyncapi';

/** What there is to say of one method of a route. */
export interface Described {
  summary: string;
  /** The schema that checks its query. */
  query?: z.ZodObject;
  /** The schema that checks its body. */
  body?: z.ZodType;
  /** The media types of a body that is checked by more than a schema. */
  bodyTypes?: readonly string[];
  /** What each status means; any route may answer with others where something is wrong. */
  answers: Readonly<Record<number, string>>;
}

/** By path, as Express writes it, and method. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, Described>>>>;

const Problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('What is at fault'),
  requestId: z.string().optional(),
});

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** The routes that every process has, and the documents themselves. */
const common: Descriptions = {
  '/healthz': { get: { summary: 'It is alive; the durability in force', answers: { 200: 'It is' } } },
  '/readyz': { get: { summary: 'Whether it can work', answers: { 200: 'It can', 503: 'Not now' } } },
  '/metrics': { get: { summary: 'Figures for Prometheus', answers: { 200: 'The figures' } } },
  '/asyncapi.json': { get: { summary: 'The events, as AsyncAPI 3', answers: { 200: 'The document' } } },
  '/openapi.json': { get: { summary: 'This document', answers: { 200: 'The document' } } },
};

function parametersOf(path: string, query: z.ZodObject | undefined): JsonSchema[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const shape: Record<string, z.ZodType> = query ? { ...(query.shape as Record<string, z.ZodType>) } : {};
  const inQuery = Object.entries(shape).map(([name, schema]) => ({
    ...{ name, in: 'query', schema: schemaOf(schema, 'draft-2020-12') },
  }));
  return [...inPath, ...inQuery];
}

function bodyOf({ body, bodyTypes }: Described): JsonSchema {
  if (bodyTypes) return { requestBody: { content: Object.fromEntries(bodyTypes.map((type) => [type, {}])) } };
  if (!body) return {};
  return {
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'draft-2020-12') } } },
  };
}

function operationOf(path: string, described: Described): JsonSchema {
  const { summary, query, answers } = described;
  const responses = Object.entries(answers).map(([status, description]) => [
    status,
    Number(status) >= 400 ? { description, content: problem } : { description },
  ]);
  return {
    summary,
    parameters: parametersOf(path, query),
    ...bodyOf(described),
    responses: { ...Object.fromEntries(responses), default: { description: 'Something is wrong', content: problem } },
  };
}

const namesIn = (routes: Readonly<Record<string, object>>): string[] =>
  Object.entries(routes).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));

/**
 * The routes as an OpenAPI 3.1 document, described by the schemas that check their requests.
 * Throws unless exactly the mounted routes are described, so that none can be forgotten.
 */
export function openApiOf(mounted: Readonly<Record<string, object>>, descriptions: Descriptions): JsonSchema {
  const [there, told] = [new Set(namesIn(mounted)), new Set(namesIn(descriptions))];
  const odd = [...there].filter((name) => !told.has(name)).concat([...told].filter((name) => !there.has(name)));
  if (odd.length > 0) throw new Error(`mounted or described, but not both: ${odd.join(', ')}`);
  const paths = Object.entries({ ...descriptions, ...common }).map(([path, methods]) => [
    path.replace(/:(\w+)/g, '{$1}'),
    Object.fromEntries(Object.entries(methods).map(([method, described]) => [method, operationOf(path, described)])),
  ]);
  return {
    openapi: '3.1.0',
    info: { title: 'Event bus', version: '1.0.0', description: 'Its events are described in /asyncapi.json.' },
    paths: Object.fromEntries(paths) as JsonSchema,
    components: { schemas: { Problem: schemaOf(Problem, 'draft-2020-12') } },
  };
}

/** `GET /asyncapi.json` and `GET /openapi.json`: what tools can read of the events and of these routes. */
export function documentRoutes({
  routes,
  descriptions,
  eventTypes,
}: {
  routes: Routes;
  descriptions: Descriptions;
  eventTypes: Readonly<Record<string, JsonSchema>>;
}): Routes {
  const [asyncApi, openApi] = [asyncApiOf(eventTypes), openApiOf(routes, descriptions)];
  return {
    '/asyncapi.json': { get: (_req, res) => void res.json(asyncApi) },
    '/openapi.json': { get: (_req, res) => void res.json(openApi) },
  };
}
