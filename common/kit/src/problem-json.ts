import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';
import {
  Conflict,
  Damaged,
  type Fault,
  Forbidden,
  InvalidInput,
  MeaningfulError,
  NotFound,
  PreconditionFailed,
  PreconditionRequired,
  TooLarge,
  TooManyRequests,
  Unauthorized,
  Unavailable,
  Unprocessable,
  UnsupportedMedia,
} from './errors';
import type { Logger } from './logger';
import { pathOf } from './track-requests';

/** RFC 9457, with the fields at fault and the request's id, which is also in the log. */
export const Problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

export function problem(status: number, more: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', title: titles[status] ?? 'Error', status, ...more };
}

export function sendProblem(res: ServerResponse, body: Problem): void {
  const requestId = res.getHeader('X-Request-Id');
  const text = JSON.stringify(requestId === undefined ? body : { ...body, requestId });
  res.statusCode = body.status;
  res.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}

/** How a path is written for people: `comments[2].content`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** The faults that a schema found, in the form in which callers see them. */
export function faultsOf(error: z.ZodError, prefix: PropertyKey[] = []): Fault[] {
  return error.issues.map((issue) => ({ path: formatPath([...prefix, ...issue.path]), message: issue.message }));
}

const statusOfMeaning: [new (...args: never[]) => MeaningfulError, number][] = [
  [Unprocessable, 422],
  [InvalidInput, 400],
  [Unauthorized, 401],
  [Forbidden, 403],
  [NotFound, 404],
  [Conflict, 409],
  [PreconditionFailed, 412],
  [PreconditionRequired, 428],
  [TooManyRequests, 429],
  [TooLarge, 413],
  [UnsupportedMedia, 415],
  [Unavailable, 503],
  [Damaged, 500],
];

/** Faults found by body-parser and Express, by their `type`; their own texts may quote the body, ours don't. */
const parserProblems: Record<string, Problem> = {
  'entity.parse.failed': problem(400, {
    detail: 'The body is not valid JSON.',
    errors: [{ path: '', message: 'is not valid JSON' }],
  }),
  'entity.verify.failed': problem(400, {
    detail: 'The body is not valid UTF-8.',
    errors: [{ path: '', message: 'is not valid UTF-8' }],
  }),
  'entity.too.large': problem(413, { detail: 'The body is larger than this route takes.' }),
  'charset.unsupported': problem(415, { detail: 'Send the body in UTF-8.' }),
  'encoding.unsupported': problem(415, { detail: 'This content encoding is not supported.' }),
  'request.aborted': problem(400, { detail: 'The request was cut off.' }),
  'request.size.invalid': problem(400, { detail: 'The body does not have the length that its header says.' }),
};

function statusIn(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/** The problem that a caller is told of an error; undefined where only "500" may be said. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof z.ZodError) {
    return problem(400, { detail: 'The request is not valid.', errors: faultsOf(error) });
  }
  if (error instanceof MeaningfulError) {
    const status = statusOfMeaning.find(([meaning]) => error instanceof meaning)?.[1];
    if (status === undefined) return undefined;
    const hasFaults = error instanceof InvalidInput || error.faults.length > 0;
    const errors = hasFaults ? { errors: error.faults } : {};
    return problem(status, { detail: error.message, ...errors });
  }
  if (typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string') {
    const known = parserProblems[error.type];
    if (known) return known;
  }
  const status = statusIn(error);
  return status !== undefined && status >= 400 && status < 500 ? problem(status) : undefined;
}

/** Answers with what an error means; an unknown one is logged and is a bare 500. */
export function sendError(
  error: unknown,
  { req, res, logger }: { req: IncomingMessage; res: ServerResponse; logger: Logger },
): void {
  const known = problemOf(error);
  if (error instanceof Unavailable || error instanceof TooManyRequests)
    res.setHeader('Retry-After', String(error.retryAfterSeconds));
  if (!known) {
    const { method } = req;
    logger.error({ err: error, requestId: res.getHeader('X-Request-Id'), method, path: pathOf(req) }, 'failed');
  }
  sendProblem(res, known ?? problem(500));
}

/** The last handler of every app: maps meanings to statuses. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    // Whoever was refused while its body came has been told all there is to tell.
    if (res.writableEnded) return;
    if (res.headersSent) next(error);
    else sendError(error, { req, res, logger });
  };
}

/** What no route took. */
export const notFoundHandler: RequestHandler = (_req, res) => {
  sendProblem(res, problem(404, { detail: 'There is no such route.' }));
};
