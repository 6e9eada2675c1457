import { type Auth, jsonBody, type mountRoutes, Unauthorized } from '@blog/kit';
import type { Request, RequestHandler } from 'express';
import type { ModerationStore } from '../store';

/** Routes by path and method, all of them for moderators. */
export type Routes = Parameters<typeof mountRoutes>[1];

export interface RouteParts {
  store: ModerationStore;
  auth: Auth;
  now: () => Date;
  /** Called after each commit, so that its event goes out at once. */
  onCommit: () => void;
}

/** The handlers of a route that only moderators may use; nothing of others is even parsed. */
export function forModerators(
  auth: Auth,
  handler: RequestHandler,
  { limit }: { limit?: number } = {},
): RequestHandler[] {
  return [auth.requireRole('moderator'), ...(limit === undefined ? [] : jsonBody({ limit })), handler];
}

/** The name of the moderator who sends a request. */
export async function nameOf(auth: Auth, req: Request): Promise<string> {
  const identity = await auth.identify(req);
  if (!identity) throw new Unauthorized('This needs the role moderator.');
  return identity.name;
}
