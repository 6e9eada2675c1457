import type { Request, RequestHandler } from 'express';
import { createLocalJWKSet, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { type PrivateKey, type PublicKey, publicKeysSetting } from './auth-keys';
import { Forbidden, Unauthorized } from './errors';
import type { Logger } from './logger';

export const roles = ['author', 'moderator', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who sends a request, as their token says. */
export interface Identity {
  name: string;
  roles: readonly Role[];
}

/** The settings of a process that lets only some people do some things. */
export const authSettings = {
  /** The public keys of those who sign tokens: one, or the new and the old one during a rotation. Without any nobody has a role. */
  AUTH_PUBLIC_KEYS: publicKeysSetting,
  /** What signed tokens in earlier versions. It is read only to say that it does nothing. */
  AUTH_SECRET: z.string().optional(),
};

/** Where everything is started by npm start there is a key. */
const howToSet = 'In a cluster this sets one: npm run -s k8s:secrets | kubectl apply -f -';

const issuer = 'blog';
/** `services` take a token when they are asked directly; `client` takes it at its own port, and looks at the account. */
const audiences = { services: 'blog-services', client: 'blog-client' } as const;
export type Audience = keyof typeof audiences;
const algorithm = 'EdDSA';

/**
 * Seconds that a token may live. A service can't know whether an account has changed since, so what it takes must end soon;
 * the client looks at the account each time.
 */
export const longestLife = { services: 15 * 60, client: 366 * 24 * 60 * 60 } as const;

/** Clocks of several machines differ: a token may seem to come from this many seconds ahead. */
const mostAheadSeconds = 60;

interface Signing {
  key: PrivateKey;
  seconds: number;
  now: Date;
  /** Who takes the token. Default: the services. */
  audience?: readonly Audience[];
  /** The generation of the account that the token is tied to, for the client. */
  generation?: string;
}

/** Signs a token for somebody, valid for so many seconds: a JWT (EdDSA) with `sub`, `roles` and perhaps `gen`. */
export async function signToken(
  { name, roles }: Identity,
  { key, seconds, now, audience = ['services'], generation }: Signing,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ roles: [...roles], ...(generation === undefined ? {} : { gen: generation }) })
    .setProtectedHeader({ alg: algorithm, kid: key.publicKey.id })
    .setSubject(name)
    .setIssuer(issuer)
    .setAudience(audience.map((one) => audiences[one]))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + seconds)
    .sign(key.key);
}

/** Whose token it is, and which generation of the account it was made for, if it says so. */
export interface Verified extends Identity {
  generation: string | undefined;
}

/** Throws where a token says nothing of its end, lives longer than it may, or comes from the future. */
function requireBoundedLife({ iat, exp }: JWTPayload, longest: number, now: Date): void {
  const seconds = Math.floor(now.getTime() / 1000);
  if (iat === undefined || exp === undefined) throw new Error('It has no end.');
  if (exp - iat > longest) throw new Error('It lives too long.');
  if (iat > seconds + mostAheadSeconds) throw new Error('It comes from the future.');
}

/**
 * Verifies tokens for one audience, by any of these keys. What it gives throws Unauthorized where a token doesn't count, and
 * never says why.
 */
export function createTokenVerifier({
  keys,
  audience,
  now,
}: {
  keys: readonly PublicKey[];
  audience: Audience;
  now: () => Date;
}): (token: string) => Promise<Verified> {
  // One that is named twice must count once: among two of the same id there is no choosing.
  const unique = [...new Map(keys.map(({ id, jwk }) => [id, jwk])).values()];
  const keySet = createLocalJWKSet({ keys: unique });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer,
        audience: audiences[audience],
        algorithms: [algorithm],
        requiredClaims: ['sub', 'iat', 'exp'],
        currentDate: now(),
      });
      requireBoundedLife(payload, longestLife[audience], now());
      const given: unknown[] = Array.isArray(payload['roles']) ? payload['roles'] : [];
      const generation = typeof payload['gen'] === 'string' ? payload['gen'] : undefined;
      return { name: payload.sub ?? '', roles: roles.filter((role) => given.includes(role)), generation };
    } catch {
      // Why a token doesn't count is nobody's business.
      throw new Unauthorized('The token is not valid, or not any more: sign in again.');
    }
  };
}

/** The token of `Authorization: Bearer …`; undefined where there is none. */
export function bearerOf(req: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(req.get('Authorization') ?? '')?.[1];
}

export interface Auth {
  /** Whether tokens can be checked at all. */
  readonly hasKeys: boolean;
  /** Whose token it is. Throws Unauthorized where it is forged, expired, lives too long, or is meant for others. */
  verify(token: string): Promise<Identity>;
  /** Who sends a request; undefined where it carries no token. Throws Unauthorized where the token doesn't count. */
  identify(req: Request): Promise<Identity | undefined>;
  /**
   * Lets only those pass who have one of these roles: 401 without a token that counts, 403 with one of somebody else;
   * 403 too where no key is set, as nobody could prove to have the role.
   */
  requireRole(...wanted: Role[]): RequestHandler;
}

/** Checks `Authorization: Bearer …` against any of these keys: during a rotation, the new and the old one. */
export function createAuth({ keys, now }: { keys: readonly PublicKey[]; now: () => Date }): Auth {
  const verifyToken = createTokenVerifier({ keys, audience: 'services', now });

  async function verify(token: string): Promise<Identity> {
    const { name, roles } = await verifyToken(token);
    return { name, roles };
  }

  async function identify(req: Request): Promise<Identity | undefined> {
    const token = bearerOf(req);
    return token === undefined ? undefined : verify(token);
  }

  return {
    hasKeys: keys.length > 0,
    verify,
    identify,
    requireRole: (...wanted) => {
      const names = wanted.join(' or ');
      return async (req, _res, next) => {
        if (keys.length === 0) {
          throw new Forbidden(
            `This needs the role ${names}, and no AUTH_PUBLIC_KEYS is set: nobody can have it. ${howToSet}`,
          );
        }
        const identity = await identify(req);
        if (!identity) throw new Unauthorized(`This needs the role ${names}: send Authorization: Bearer <token>.`);
        if (!wanted.some((role) => identity.roles.includes(role))) throw new Forbidden(`This needs the role ${names}.`);
        next();
      };
    },
  };
}

/** Says what to do where a process was set up for an earlier version: its secret counts no more, so nobody has a role. */
export function warnOfOldSecret(
  { AUTH_SECRET }: { AUTH_SECRET?: string | undefined },
  { hasKeys, setting, logger }: { hasKeys: boolean; setting: string; logger: Logger },
): void {
  if (AUTH_SECRET === undefined || hasKeys) return;
  logger.warn(
    `AUTH_SECRET does nothing any more, so nobody has a role: set ${setting} instead (npm run -s keys makes a pair, in a cluster npm run -s k8s:secrets does)`,
  );
}

/** {@link createAuth} of a process, by its settings. */
export function authOf(
  settings: { AUTH_PUBLIC_KEYS: readonly PublicKey[]; AUTH_SECRET?: string | undefined },
  { now, logger }: { now: () => Date; logger: Logger },
): Auth {
  const auth = createAuth({ keys: settings.AUTH_PUBLIC_KEYS, now });
  warnOfOldSecret(settings, { hasKeys: auth.hasKeys, setting: 'AUTH_PUBLIC_KEYS', logger });
  return auth;
}
