import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { newId } from './envelope';
import { createHistogram } from './histogram';
import type { Logger } from './logger';

const wellFormedRequestId = /^[\w-]{1,64}$/;

/**
 * Gives the answer its `X-Request-Id`, and counts and logs it when it has been sent.
 * `routeOf` is asked then: the pattern of the route, not the path, which would make too many time series.
 */
export type TrackRequest = (req: IncomingMessage, res: ServerResponse, routeOf: () => string) => void;

/** The path of a request, without its query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

/** One for all of a process: its histogram can't be registered twice. */
export function createRequestTracker({ metrics, logger }: { metrics: Registry; logger: Logger }): TrackRequest {
  const duration = createHistogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registry: metrics,
  });
  return (req, res, routeOf) => {
    const given = req.headers['x-request-id'];
    res.setHeader('X-Request-Id', typeof given === 'string' && wellFormedRequestId.test(given) ? given : newId());
    const path = pathOf(req);
    const started = performance.now();
    res.on('finish', () => {
      const { method = '' } = req;
      const { statusCode: status } = res;
      const ms = performance.now() - started;
      duration.observe({ method, route: routeOf(), status }, ms / 1000);
      logger.debug({ method, path, status, ms }, 'answered');
    });
  };
}
