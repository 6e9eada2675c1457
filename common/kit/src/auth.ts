import type { Request, RequestHandler } from 'express';
import { jwtVerify, SignJWT } from 'jose';
import { secretsSetting } from './config';
import { Forbidden, Unauthorized } from './errors';

export const roles = ['author', 'moderator', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who sends a request, as their token says. */
export interface Identity {
  name: string;
  roles: readonly Role[];
}

/** The settings of a process that lets only some people do some things. */
export const authSettings = {
  /** One secret, or the new and the old one during a rotation. Without it nobody has any role. */
  AUTH_SECRET: secretsSetting,
};

/** Where everything is started by npm start there is one. */
const howToSet = 'In a cluster this sets one: npm run -s k8s:secrets | kubectl apply -f -';

const issuer = 'blog';
/** A token of another system that happens to share the secret is nobody's here. */
const audience = 'blog-services';
const algorithm = 'HS256';

const keyOf = (secret: string): Uint8Array => new TextEncoder().encode(secret);

/** Signs a token for somebody, valid for so many seconds: a JWT (HS256) with `sub` and `roles`. */
export async function signToken(
  { name, roles }: Identity,
  { secret, seconds, now }: { secret: string; seconds: number; now: Date },
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ roles: [...roles] })
    .setProtectedHeader({ alg: algorithm })
    .setSubject(name)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + seconds)
    .sign(keyOf(secret));
}

export interface Auth {
  /** Whether tokens can be checked at all. */
  readonly hasSecret: boolean;
  /** Whose token it is. Throws Unauthorized where it is forged, expired, or meant for others. */
  verify(token: string): Promise<Identity>;
  /** Who sends a request; undefined where it carries no token. Throws Unauthorized where the token doesn't count. */
  identify(req: Request): Promise<Identity | undefined>;
  /**
   * Lets only those pass who have one of these roles: 401 without a token that counts, 403 with one of somebody else;
   * 403 too where no secret is set, as nobody could prove to have the role.
   */
  requireRole(...wanted: Role[]): RequestHandler;
}

/** Checks `Authorization: Bearer …` against any of these secrets: during a rotation, the new and the old one. */
export function createAuth({ secrets, now }: { secrets: readonly string[]; now: () => Date }): Auth {
  async function verify(token: string): Promise<Identity> {
    for (const secret of secrets) {
      try {
        const options = { issuer, audience, algorithms: [algorithm], currentDate: now() };
        const { payload } = await jwtVerify(token, keyOf(secret), options);
        const given: unknown[] = Array.isArray(payload['roles']) ? payload['roles'] : [];
        return { name: payload.sub ?? '', roles: roles.filter((role) => given.includes(role)) };
      } catch {
        // Perhaps the next secret has signed it. Why one didn't fit is nobody's business.
      }
    }
    throw new Unauthorized('The token is not valid, or not any more: sign in again.');
  }

  async function identify(req: Request): Promise<Identity | undefined> {
    const token = /^Bearer +(\S+)$/i.exec(req.get('Authorization') ?? '')?.[1];
    return token === undefined ? undefined : verify(token);
  }

  return {
    hasSecret: secrets.length > 0,
    verify,
    identify,
    requireRole: (...wanted) => {
      const names = wanted.join(' or ');
      return async (req, _res, next) => {
        if (secrets.length === 0) {
          throw new Forbidden(
            `This needs the role ${names}, and no AUTH_SECRET is set: nobody can have it. ${howToSet}`,
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
