import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { z } from 'zod';
import type { DocumentedOperation, JsonSchema, OpenApiDocument } from '../src/openapi';
import type { TestLife } from './test-life';

interface Answer {
  method: string;
  path: string;
  status: number;
  type: string | undefined;
  text: string;
}

/**
 * The same app, each of whose answers is held against its document: the status, the media type, and the JSON, which may
 * have no field that isn't there. The test fails at its end where one differs.
 */
export function withDocumentedAnswers<App extends RequestListener>(
  app: App,
  { document, life }: { document: OpenApiDocument; life: TestLife },
): App {
  const faults: string[] = [];
  life.closing({
    close: () => {
      if (faults.length > 0) throw new Error(`Answers that are not in the document:\n${faults.join('\n')}`);
    },
  });
  const faultOf = createAnswerCheck(document);
  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    collectAnswer(req, res, (answer) => {
      const fault = faultOf(answer);
      if (fault !== undefined) faults.push(`${answer.method} ${answer.path} ${answer.status}: ${fault}`);
    });
    app(req, res);
  };
  return listener as App;
}

/** The routes that an app has mounted: `GET /posts`. */
export function mountedRoutes(app: Express): string[] {
  return app.router.stack
    .flatMap(({ route }) => route?.stack.map(({ method }) => ({ method, path: route.path })) ?? [])
    .filter(({ method }) => method !== undefined)
    .map(({ method = '', path }) => `${method.toUpperCase()} ${path}`)
    .filter((route, index, all) => all.indexOf(route) === index)
    .sort();
}

/** The routes that are in a document, named as {@link mountedRoutes} does. */
export function documentedRoutes({ paths }: OpenApiDocument): string[] {
  return Object.entries(paths)
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`))
    .map((route) => route.replace(/\{(\w+)\}/g, ':$1'))
    .sort();
}

function collectAnswer(req: IncomingMessage, res: ServerResponse, done: (answer: Answer) => void): void {
  // Taken now: a router may cut the URL.
  const { method = '', url = '' } = req;
  const parts: Buffer[] = [];
  const keep = (part: unknown): void => {
    if (typeof part === 'string' || part instanceof Uint8Array) parts.push(Buffer.from(part as string));
  };
  const { write, end } = res;
  res.write = ((...args: unknown[]) => (keep(args[0]), Reflect.apply(write, res, args) as boolean)) as typeof write;
  res.end = ((...args: unknown[]) => {
    keep(args[0]);
    const { statusCode: status } = res;
    const type = res.getHeader('Content-Type')?.toString().split(';')[0];
    done({ method, path: url.split('?')[0] ?? '', status, type, text: Buffer.concat(parts).toString() });
    return Reflect.apply(end, res, args) as ServerResponse;
  }) as typeof end;
}

function createAnswerCheck(document: OpenApiDocument): (answer: Answer) => string | undefined {
  const paths = Object.entries(document.paths)
    .map(([path, operations]) => ({ operations, pattern: patternOf(path), names: path.split('{').length }))
    .sort((one, other) => one.names - other.names);
  return ({ method, path, status, type, text }) => {
    const operations = paths.find(({ pattern }) => pattern.test(path))?.operations;
    if (!operations) return status === 404 ? undefined : 'the path is not documented';
    if (method === 'OPTIONS') return undefined;
    const name = method === 'HEAD' ? 'get' : (method.toLowerCase() as 'get');
    const operation: DocumentedOperation | undefined = operations[name];
    if (!operation) return status === 405 ? undefined : 'the method is not documented';
    const response = operation.responses[status];
    if (!response) return 'the status is not documented';
    // Node leaves out the body of an answer to HEAD, whatever is written.
    if (method === 'HEAD') return undefined;
    if (!response.content) return text === '' ? undefined : 'it has a body';
    const content = response.content[type ?? ''];
    if (!content) return `${type} is not documented`;
    if (!content.schema) return undefined;
    const { error } = schemaIn(document, content.schema).safeParse(JSON.parse(text));
    return error && z.prettifyError(error);
  };
}

/** As Express matches a path: whatever its case, with or without a slash at its end. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
}

/** Made once: most of a test's time would go into making them again. */
const schemasMade = new WeakMap<JsonSchema, z.ZodType>();

function schemaIn({ components }: OpenApiDocument, schema: JsonSchema): z.ZodType {
  const known = schemasMade.get(schema);
  if (known) return known;
  const whole = closed({ ...schema, $defs: components.schemas }) as JsonSchema;
  const text = JSON.stringify(whole).replaceAll('"#/components/schemas/', '"#/$defs/');
  const made = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
  schemasMade.set(schema, made);
  return made;
}

/** Answers may gain fields, but the document must gain them too. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  return 'properties' in parts && !('additionalProperties' in parts)
    ? { ...parts, additionalProperties: false }
    : parts;
}
