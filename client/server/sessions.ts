import { type Auth, type Identity, signToken } from '@blog/kit';
import type { Request, RequestHandler, Response } from 'express';
import type { Accounts } from './accounts/accounts';
import { readCookie } from './cookies';

export interface Session {
  identity: Identity;
  /** The JWT, which the services check by themselves. */
  token: string;
}

export interface Sessions {
  /** Whether anybody can sign in at all: it takes AUTH_SECRET. */
  readonly areOpen: boolean;
  /** Finds out whose request it is; before all routes that ask {@link of}. */
  identify: RequestHandler;
  of(req: Request): Session | undefined;
  start(res: Response, identity: Identity): Promise<void>;
  end(res: Response): void;
}

const cookie = 'session';
const lastsSeconds = 12 * 60 * 60;

/**
 * Who is signed in, kept in a cookie that no script can read. It holds a JWT that lasts 12 hours; what comes from the
 * browser ends at once when the account is removed or loses a role.
 */
export function createSessions({
  auth,
  secret,
  accounts,
  now,
  secure,
}: {
  auth: Auth;
  /** Signs; the newest one. Undefined where none is set. */
  secret: string | undefined;
  accounts: Pick<Accounts, 'find'>;
  now: () => Date;
  secure: boolean;
}): Sessions {
  const sessions = new WeakMap<Request, Session>();
  const settings = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;

  async function sessionOf(req: Request): Promise<Session | undefined> {
    const token = readCookie(req, cookie);
    if (token === undefined || secret === undefined) return undefined;
    const identity = await auth.verify(token).catch(() => undefined);
    const account = identity && (await accounts.find(identity.name));
    const isStillSo = identity?.roles.every((role) => account?.roles.includes(role));
    return identity && account && isStillSo ? { identity, token } : undefined;
  }

  return {
    areOpen: secret !== undefined,
    identify: async (req, _res, next) => {
      const session = await sessionOf(req);
      if (session) sessions.set(req, session);
      next();
    },
    of: (req) => sessions.get(req),
    async start(res, identity) {
      if (secret === undefined) return;
      const token = await signToken(identity, { secret, seconds: lastsSeconds, now: now() });
      res.cookie(cookie, token, { ...settings, maxAge: lastsSeconds * 1000 });
    },
    end: (res) => void res.clearCookie(cookie, settings),
  };
}
