import { type Auth, Forbidden } from '@blog/kit';
import type { Request } from 'express';
import { tokenHashesIn, tokenHeader } from './author-token';
import { addressHashOf, addressOf, isOfThisMachine } from './client-address';
import type { SendingLimit } from './transaction';
import type { Viewer } from './views';
import type { Sender } from './writing';

/** Reads who looks: whoever proves nothing is anybody. */
export async function viewerOf(req: Request, auth: Auth): Promise<Viewer> {
  const { tokenHashes, isModerator } = await believe(req, auth);
  return { tokenHashes, isModerator };
}

/** Reads who sends. Programs on this machine may send as much as they like, unless they pass on what others sent. */
export async function senderOf(
  req: Request,
  { auth, key, limits }: { auth: Auth; key: string; limits: readonly SendingLimit[] },
): Promise<Sender> {
  return {
    ...(await believe(req, auth)),
    addressHash: addressHashOf(key, addressOf(req)),
    limits: isOfThisMachine(req) ? [] : limits,
  };
}

/** A comment's token may be all that somebody needs, so a bearer token that doesn't count is no error yet. */
async function believe(req: Request, auth: Auth): Promise<Viewer & Pick<Sender, 'disbelief'>> {
  const tokenHashes = tokenHashesIn(req.get(tokenHeader));
  if (!auth.hasKeys) {
    const disbelief = new Forbidden(
      'Only its author may do this: no AUTH_PUBLIC_KEYS is set, so nobody is a moderator.',
    );
    return { tokenHashes, isModerator: false, disbelief };
  }
  try {
    const identity = await auth.identify(req);
    return { tokenHashes, isModerator: identity?.roles.includes('moderator') ?? false };
  } catch (error) {
    return { tokenHashes, isModerator: false, ...(error instanceof Error ? { disbelief: error } : {}) };
  }
}
