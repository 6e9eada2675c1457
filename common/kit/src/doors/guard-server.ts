import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { problem, sendProblem } from '../problem-json';
import type { HostCheck } from './hosts';

/** A request target with a scheme and an authority, as it is sent to proxies (RFC 9112, 3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#]+)(.*)$/i;

/**
 * Gives a request the form that apps know: a path and a query. Of the absolute form the authority takes the place of `Host`,
 * as RFC 9112 has it. False if the target has no form that a server takes.
 */
function readTarget(req: IncomingMessage): boolean {
  const { url = '' } = req;
  if (url.startsWith('/') || url === '*') return true;
  const [, authority, rest = ''] = absoluteForm.exec(url) ?? [];
  if (authority === undefined || authority.includes('@')) return false;
  req.headers.host = authority;
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
  return true;
}

/** More than one line is no request at all (RFC 9112, 3.2): a proxy may have looked at the one, and Node takes the other. */
function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1;
}

function refuse(res: ServerResponse, status: number, detail: string): void {
  res.setHeader('X-Content-Type-Options', 'nosniff');
  sendProblem(res, problem(status, { detail }));
}

/**
 * What each request to a process meets first, on whatever route: 400 for a target that is none and for several names, 403 if
 * the process is asked under a name that isn't its own.
 */
export function guardServer(app: RequestListener, isOwnHost: HostCheck): RequestListener {
  return (req, res) => {
    if (hasSeveralHosts(req)) return refuse(res, 400, 'The request has more than one Host.');
    if (!readTarget(req)) return refuse(res, 400, 'The target of the request is no path.');
    if (isOwnHost(req.headers.host)) return app(req, res);
    refuse(
      res,
      403,
      'This process has another name. If it is asked under the right one, its ALLOWED_HOSTS must have it.',
    );
  };
}
