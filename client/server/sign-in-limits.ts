import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createThrottle, readerNetwork, takeOfAll, TooManyRequests } from '@blog/kit';
import type { Request, Response } from 'express';

const quarterMs = 15 * 60_000;
/** Failures at once; in a quarter of an hour as many again, one after the other. */
const most = {
  /** With passwords, from one address. */
  address: 20,
  /** With passwords for one name, from one address. */
  nameOfAddress: 10,
  /** With the codes of one-time links, from one address: they take nothing from those above. */
  links: 20,
  /** With passwords for one name, from wherever. Further tries wait a moment; none is refused, or a stranger could keep its owner out. */
  name: 30,
};
const slowMs = 2_000;
const longestName = 200;

/** What is tried, as the form has it. */
export interface SignInTry {
  name: string;
  isLink: boolean;
}

export interface SignInLimits {
  /**
   * Counts a try that begins; resolves when it may go on. Its answer decides whether it counts: only a failure does.
   * Throws TooManyRequests where its address has failed too often, whether or not the password is right.
   */
  begin(req: Request, res: Response, wanted: SignInTry): Promise<void>;
}

interface SignInLimitOptions {
  now?: () => number;
  /** How long a try waits for a name that many have failed with. */
  wait?: (ms: number) => Promise<unknown>;
}

/** Typed names are of any length, and of any content: a key holds a hash of so much as a name may have. */
const keyOf = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('base64url');

/** Slows down who guesses passwords and codes. All counts are bounded, whatever is typed and from however many addresses. */
export function createSignInLimits({ now, wait = delay }: SignInLimitOptions = {}): SignInLimits {
  const throttleOf = (burst: number) => createThrottle({ burst, perMs: quarterMs, ...(now ? { now } : {}) });
  const ofAddress = throttleOf(most.address);
  const ofNameAtAddress = throttleOf(most.nameOfAddress);
  const ofLinks = throttleOf(most.links);
  const ofName = throttleOf(most.name);

  return {
    async begin(req, res, { name, isLink }) {
      const address = readerNetwork(req);
      const typed = name.slice(0, longestName);
      const counts = isLink
        ? [{ throttle: ofLinks, key: address }]
        : [
            { throttle: ofAddress, key: address },
            { throttle: ofNameAtAddress, key: keyOf(address, typed) },
          ];
      const waitMs = takeOfAll(counts);
      if (waitMs > 0) throw new TooManyRequests('Too many tries to sign in. Wait a moment.', Math.ceil(waitMs / 1000));
      const everywhere = isLink ? undefined : { throttle: ofName, key: keyOf(typed) };
      const isSlowed = everywhere !== undefined && everywhere.throttle.take(everywhere.key) > 0;
      res.once('finish', () => {
        // 503: nobody had time to look at it.
        if (res.statusCode >= 400 && res.statusCode !== 503) return;
        for (const { throttle, key } of [...counts, ...(everywhere ? [everywhere] : [])]) throttle.giveBack(key);
      });
      if (isSlowed) await wait(slowMs);
    },
  };
}
