import {
  bearerOf,
  createTokenVerifier,
  type Identity,
  type PrivateKey,
  type PublicKey,
  signToken,
  Unauthorized,
} from '@blog/kit';
import type { Request, RequestHandler, Response } from 'express';
import type { Accounts, Known, SignInWay } from './accounts/accounts';
import { sessionSeconds } from './accounts/session-list';
import { cookieName, readCookie } from './cookies';

export interface Session {
  identity: Identity;
  /** A JWT for the services, of this request alone. It ends within minutes, and never leaves for the browser. */
  token: string;
}

export interface Sessions {
  /** Whether anybody can sign in at all: it takes a key that signs what the services are shown. */
  readonly areOpen: boolean;
  /** Finds out whose request it is; before all routes that ask {@link of}. */
  identify: RequestHandler;
  of(req: Request): Session | undefined;
  /** Why the bearer token of a request doesn't count; undefined where it counts, or there is none. */
  refusalOf(req: Request): Unauthorized | undefined;
  /** Begins a session, in place of the one that the request carries. False where the account has just changed. */
  start(req: Request, res: Response, known: Known, how: SignInWay): Promise<boolean>;
  /** Ends the session that the request carries. */
  end(req: Request, res: Response): Promise<void>;
  /** Ends all that was handed out to whoever sends the request: each session, link and token of theirs. */
  endEverywhere(req: Request, res: Response): Promise<void>;
}

/** For one request, its body and the clocks of several machines. */
const serviceTokenSeconds = 5 * 60;

const looksLikeJwt = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

/**
 * Who is signed in. The browser has a random value in a cookie that no script can read; programs show it, or a token of
 * `npm run token`, as `Authorization: Bearer`. Either is looked up in the accounts file at each request, so what is taken
 * back there ends at once. The services get neither: for each request they are shown a token of its own.
 */
export function createSessions({
  key,
  publicKeys,
  accounts,
  now,
  secure,
}: {
  /** Signs; undefined where none is set. */
  key: PrivateKey | undefined;
  /** Whose tokens count besides: during a rotation, those of the key from before. */
  publicKeys: readonly PublicKey[];
  accounts: Pick<Accounts, 'find' | 'startSession' | 'findSession' | 'endSession' | 'signOutEverywhere'>;
  now: () => Date;
  secure: boolean;
}): Sessions {
  const sessions = new WeakMap<Request, Session>();
  const refusals = new WeakMap<Request, Unauthorized>();
  const cookie = cookieName('session', { secure });
  const settings = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  const keys = [...(key ? [key.publicKey] : []), ...publicKeys];
  const verify = createTokenVerifier({ keys, audience: 'client', now });
  const verifyForServices = createTokenVerifier({ keys, audience: 'services', now });

  /**
   * Whom a token proves: an account, as long as it is as it was when the token was made; or a program that never had one, with
   * a token that each service takes too, as it ends so soon.
   */
  async function ownerOf(token: string): Promise<Identity | undefined> {
    const { name, roles, generation } = await verify(token);
    const account = await accounts.find(name);
    if (!account && generation === undefined) return verifyForServices(token);
    const isStillSo = account?.generation === generation && roles.every((role) => account?.roles.includes(role));
    return isStillSo ? { name, roles } : undefined;
  }

  async function identityOf(req: Request): Promise<Identity | undefined> {
    const bearer = bearerOf(req);
    if (bearer === undefined) {
      const value = readCookie(req, cookie);
      return value ? accounts.findSession(value) : undefined;
    }
    const identity = await (looksLikeJwt(bearer) ? ownerOf(bearer) : accounts.findSession(bearer));
    if (!identity) throw new Unauthorized('The token is not valid, or not any more: sign in again.');
    return identity;
  }

  async function sessionOf(req: Request): Promise<Session | undefined> {
    if (!key) return undefined;
    const identity = await identityOf(req);
    if (!identity) return undefined;
    const { name, roles } = identity;
    const token = await signToken({ name, roles }, { key, seconds: serviceTokenSeconds, now: now() });
    return { identity: { name, roles }, token };
  }

  const forget = (res: Response): void => void res.clearCookie(cookie, settings);

  return {
    areOpen: key !== undefined,
    identify: async (req, _res, next) => {
      try {
        const session = await sessionOf(req);
        if (session) sessions.set(req, session);
      } catch (error) {
        if (!(error instanceof Unauthorized)) throw error;
        refusals.set(req, error);
      }
      next();
    },
    of: (req) => sessions.get(req),
    refusalOf: (req) => refusals.get(req),
    async start(req, res, known, how) {
      const before = readCookie(req, cookie);
      const value = key && (await accounts.startSession(known, how));
      if (value === undefined) return false;
      if (before) await accounts.endSession(before);
      res.cookie(cookie, value, { ...settings, maxAge: sessionSeconds * 1000 });
      return true;
    },
    async end(req, res) {
      const value = readCookie(req, cookie);
      if (value) await accounts.endSession(value);
      forget(res);
    },
    async endEverywhere(req, res) {
      const session = sessions.get(req);
      if (session) await accounts.signOutEverywhere(session.identity.name);
      forget(res);
    },
  };
}
