import type { IncomingHttpHeaders } from 'node:http';
import { createVerifier, type Fault, Forbidden } from '@blog/kit';
import { z } from 'zod';

const secret = z.string('must be a text').min(16, 'must have at least 16 characters');

/** Somebody who signs with a secret of their own, and may publish events of these types only. */
export const Publisher = z.strictObject({
  /** One, or the new and the old one during a rotation. */
  secret: z
    .array(secret, 'must be a list of secrets')
    .min(1, 'must hold a secret')
    .max(8, 'must hold at most 8 secrets'),
  types: z
    .array(z.string().min(1, 'must not be empty'), 'must be a list of event types')
    .min(1, 'must name a type')
    .max(1_000, 'must name at most 1000 types'),
});
export type Publisher = z.output<typeof Publisher>;

/** Who signed a publish, and so what it may hold. */
export interface Permit {
  /**
   * Throws Forbidden naming each event of a type that its publisher may not publish, or that erases what others published.
   * `pathsOf` names an attribute of an event.
   */
  check(
    events: readonly { type: string; erases?: string }[],
    pathsOf: (attribute: string) => (place: number) => string,
  ): void;
}

/** Tells publishers by their secrets. */
export interface Publishers {
  /** Throws Unauthorized where nobody who counts has signed exactly these bytes. */
  verify(headers: IncomingHttpHeaders, body: Buffer, now: Date): Permit;
}

function permitFor(name: string, types: ReadonlySet<string>): Permit {
  return {
    check(events, pathsOf) {
      const faults = events.flatMap(({ type, erases }, place): Fault[] => [
        ...(types.has(type) ? [] : [{ path: pathsOf('type')(place), message: `is not one that ${name} may publish` }]),
        ...(erases === undefined ? [] : [{ path: pathsOf('erases')(place), message: `is not for ${name} to say` }]),
      ]);
      if (faults.length > 0) throw new Forbidden('Nothing was stored: the signer may not publish these types.', faults);
    },
  };
}

/**
 * Whoever signs with one of `anyType` may publish everything; each of `limited`, its own types. Undefined where there
 * is no secret at all: then nothing has to be signed. Throws where two publishers share a secret.
 */
export function createPublishers(
  anyType: readonly string[],
  limited: Readonly<Record<string, Publisher>>,
): Publishers | undefined {
  const everything: Permit = { check: () => undefined };
  const permits = [
    ...anyType.map((secret) => ({ secret, permit: everything })),
    ...Object.entries(limited).flatMap(([name, { secret: secrets, types }]) => {
      const permit = permitFor(name, new Set(types));
      return secrets.map((secret) => ({ secret, permit }));
    }),
  ];
  const secrets = permits.map(({ secret }) => secret);
  if (new Set(secrets).size < secrets.length) throw new Error('a secret is given twice: it would not tell who signed');
  if (secrets.length === 0) return undefined;
  const verifier = createVerifier(secrets);
  return {
    verify(headers, body, now) {
      const permit = permits[verifier.verify(headers, body, now)]?.permit;
      if (!permit) throw new Error('a secret without a publisher');
      return permit;
    },
  };
}
