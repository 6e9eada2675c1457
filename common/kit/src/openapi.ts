import { z } from 'zod';
import type { Role } from './auth';
import { Problem } from './problem-json';

/** The schemas of one document refer to those of its components. */
export type JsonSchema = Record<string, unknown>;

/** What an operation answers with one status. */
export interface Answer {
  description: string;
  /** Of the JSON; absent where there is no body, or none in JSON. */
  body?: z.ZodType;
  /** The media type, `application/json` unless it is said. */
  type?: string;
  /** What each header of the answer says, by its name. */
  headers?: Record<string, string>;
}

/** What a route takes and answers with one method. The schemas are those that the route validates with. */
export interface Operation {
  summary: string;
  description?: string;
  /** Of the parts of the path that have a name. Those of other names are any text. */
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** What each header of the request says, by its name; none of them must be there. */
  headers?: Record<string, string>;
  body?: z.ZodType;
  /** The media types of the body, `application/json` unless it is said. */
  bodyTypes?: readonly string[];
  /** Who may do it: anybody with one of these roles. */
  roles?: readonly Role[];
  /** Whether some of it is for everybody, in spite of `roles`. */
  partlyOpen?: boolean;
  /** It changes what is there: `If-Match` must be sent. */
  ifMatch?: boolean;
  /** It may be sent with an `Idempotency-Key`. */
  idempotent?: boolean;
  answers: Record<number, Answer>;
  /** When it answers with which error, besides those that follow from the rest. */
  problems?: Record<number, string>;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a process answers: by path, as Express writes it (`/posts/:id`), and by method. */
export type RouteTable = Record<string, Partial<Record<Method, Operation>>>;

interface DocumentedAnswer {
  description: string;
  headers?: Record<string, { description: string; schema: JsonSchema }>;
  content?: Record<string, { schema?: JsonSchema }>;
}

export interface DocumentedOperation {
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters: { name: string; in: string; required: boolean; description?: string; schema: JsonSchema }[];
  requestBody?: { required: true; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, DocumentedAnswer>;
}

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Partial<Record<Method, DocumentedOperation>>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, JsonSchema> };
}

const json = 'application/json';
const text: JsonSchema = { type: 'string' };

/** What every process answers. */
const everyProcess: RouteTable = {
  '/healthz': {
    get: {
      summary: 'Whether the process is alive',
      answers: { 200: { description: 'It is', body: z.looseObject({ status: z.literal('ok') }) } },
    },
  },
  '/readyz': {
    get: {
      summary: 'Whether the process can work: its own dependencies do, whatever its peers do',
      answers: {
        200: { description: 'It can', body: z.object({ status: z.literal('ready') }) },
        503: { description: 'It can not', body: z.object({ status: z.literal('not ready') }) },
      },
    },
  },
  '/metrics': {
    get: {
      summary: 'Metrics for Prometheus',
      answers: { 200: { description: 'Metrics', type: 'text/plain' } },
      problems: {
        401: 'METRICS_TOKEN is set, and this is not sent as Authorization: Bearer',
        403: 'A page asks, or somebody whom it is not for',
      },
    },
  },
  '/openapi.json': {
    get: { summary: 'This document', answers: { 200: { description: 'OpenAPI 3.1', body: z.looseObject({}) } } },
  },
};

/**
 * The OpenAPI 3.1 document of a process, of the table that stands beside its routes; what every process answers is added.
 * A schema with an id (`.meta({ id: 'Post' })`) is a component of that name. Throws where two differ under one name.
 */
export function openApi(about: { title: string; description: string; routes: RouteTable }): OpenApiDocument {
  const { title, description, routes } = about;
  const components = createComponents();
  const paths = Object.entries({ ...routes, ...everyProcess }).map(([path, operations]) => [
    path.replace(/:(\w+)/g, '{$1}'),
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        documented(operation, { method, path, schemaOf: components.schemaOf }),
      ]),
    ),
  ]);
  return {
    openapi: '3.1.0',
    info: { title, version: '1.0.0', description },
    paths: Object.fromEntries(paths) as OpenApiDocument['paths'],
    components: {
      schemas: components.schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => JsonSchema;

function createComponents(): { schemas: Record<string, JsonSchema>; schemaOf: SchemaOf } {
  const schemas: Record<string, JsonSchema> = {};
  return {
    schemas,
    schemaOf(schema, io) {
      const override = ({ jsonSchema }: { jsonSchema: JsonSchema }): void => simplify(jsonSchema);
      const made: JsonSchema = z.toJSONSchema(schema, { io, unrepresentable: 'any', override });
      delete made['$schema'];
      const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
      const { $defs = {}, ...own } = JSON.parse(text) as JsonSchema & { $defs?: typeof schemas };
      for (const [name, component] of Object.entries($defs)) {
        const other = schemas[name];
        if (other && JSON.stringify(other) !== JSON.stringify(component)) throw new Error(`There are two ${name}.`);
        schemas[name] = component;
      }
      return own;
    },
  };
}

/** Leaves out what only says again what is said, and that answers gain no fields: they may. */
function simplify(schema: JsonSchema): void {
  if (schema['format'] !== undefined) delete schema['pattern'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['additionalProperties'] === false) delete schema['additionalProperties'];
}

function documented(
  operation: Operation,
  { method, path, schemaOf }: { method: string; path: string; schemaOf: SchemaOf },
): DocumentedOperation {
  const { summary, description, roles, partlyOpen = false, body, bodyTypes = [json], answers } = operation;
  const problems = Object.entries(problemsOf(operation, path)).map(([status, when]) => [
    status,
    { description: when, content: { 'application/problem+json': { schema: schemaOf(Problem, 'output') } } },
  ]);
  const others = Object.entries(answers).map(([status, answer]) => [status, documentedAnswer(answer, schemaOf)]);
  const isJsonRead = method === 'get' && answers[200]?.body !== undefined;
  const schema = body && schemaOf(body, 'input');
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    ...(roles ? { security: [...(partlyOpen ? [{}] : []), { bearer: [...roles] }] } : {}),
    parameters: parametersOf(operation, { path, schemaOf }),
    ...(schema
      ? { requestBody: { required: true, content: Object.fromEntries(bodyTypes.map((type) => [type, { schema }])) } }
      : {}),
    responses: {
      ...(Object.fromEntries([...problems, ...others]) as Record<string, DocumentedAnswer>),
      ...(isJsonRead ? { 304: { description: 'You have it already: If-None-Match holds its ETag' } } : {}),
    },
  };
}

function documentedAnswer({ description, body, type = json, headers }: Answer, schemaOf: SchemaOf): DocumentedAnswer {
  const names = Object.entries(headers ?? {});
  const content = body ? { [type]: { schema: schemaOf(body, 'output') } } : { [type]: {} };
  return {
    description,
    ...(names.length > 0
      ? { headers: Object.fromEntries(names.map(([name, says]) => [name, { description: says, schema: text }])) }
      : {}),
    ...(body || type !== json ? { content } : {}),
  };
}

function parametersOf(
  { params, query, headers = {}, ifMatch, idempotent }: Operation,
  { path, schemaOf }: { path: string; schemaOf: SchemaOf },
): DocumentedOperation['parameters'] {
  const ofPath = params ? propertiesOf(schemaOf(params, 'input')) : {};
  const asked = query ? schemaOf(query, 'input') : {};
  const header = (name: string, description: string, required = false) => ({
    ...{ name, in: 'header', required, description, schema: text },
  });
  return [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
      ...{ name, in: 'path', required: true, schema: ofPath[name] ?? text },
    })),
    ...Object.entries(propertiesOf(asked)).map(([name, schema]) => ({
      ...{ name, in: 'query', required: requiredIn(asked).includes(name), schema },
    })),
    ...Object.entries(headers).map(([name, description]) => header(name, description)),
    ...(ifMatch ? [header('If-Match', 'The ETag of what is changed, or `*`', true)] : []),
    ...(idempotent ? [header('Idempotency-Key', 'Makes a repeated request have its effect once')] : []),
  ];
}

const propertiesOf = (schema: JsonSchema) => (schema['properties'] ?? {}) as Record<string, JsonSchema>;
const requiredIn = (schema: JsonSchema) => (schema['required'] ?? []) as string[];

/** The errors that follow from what an operation takes, and its own. */
function problemsOf(operation: Operation, path: string): Partial<Record<number, string>> {
  const { query, body, roles, ifMatch, idempotent, problems } = operation;
  return {
    ...(query || body || idempotent || path.includes(':') ? { 400: 'The request is not valid' } : {}),
    ...(roles ? { 401: 'The token is missing, or not valid any more', 403: 'It needs another role' } : {}),
    ...(ifMatch ? { 412: 'It was changed meanwhile', 428: 'If-Match is missing' } : {}),
    ...(body ? { 413: 'The body is too large', 415: 'The body is not in a type that is taken, or not in UTF-8' } : {}),
    ...(idempotent ? { 422: 'The Idempotency-Key was used for another request' } : {}),
    500: 'Our fault',
    ...problems,
  };
}
