import type { RequestListener } from 'node:http';
import type { TrackRequest } from '@blog/kit';
import { isNotModified } from './not-modified';
import type { PreparedAnswers } from './prepared-answers';

/** Says from where on the live stream goes on with what an answer shows: `GET /stream?after=<position>`. */
export const positionHeader = 'Stream-Position';

/**
 * Sends prepared answers by itself: Express would take longer to find the route than the rest takes altogether.
 * Everything else is `otherwise`'s, which prepares the answers; both give the same headers and track requests alike.
 */
export function createPreparedListener({
  answers,
  newest,
  trackRequest,
  otherwise,
}: {
  answers: PreparedAnswers;
  /** The number of the latest change. An answer that is still kept shows all until then. */
  newest: () => number;
  trackRequest: TrackRequest;
  otherwise: RequestListener;
}): RequestListener {
  return (req, res) => {
    const isPlain = req.method === 'GET' && req.headers.authorization === undefined;
    const answer = isPlain ? answers.get(req.url ?? '') : undefined;
    if (!answer) return otherwise(req, res);
    trackRequest(req, res, () => answer.route);
    if (answer.hasPosition) res.setHeader(positionHeader, String(newest()));
    const { 'content-type': type, 'content-length': length, ...headers } = answer.headers;
    if (isNotModified(req.headers, answer)) return void res.writeHead(304, headers).end();
    res.writeHead(200, { ...headers, 'content-type': type, 'content-length': length }).end(answer.body);
  };
}
