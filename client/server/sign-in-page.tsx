import { Forbidden, type Logger, readerNetwork, TooManyRequests } from '@blog/kit';
import type { Request, RequestHandler, Response } from 'express';
import { messages } from '../src/messages';
import { SignInPage, type SignInFault } from '../src/routes/SignInPage';
import type { Accounts, Known } from './accounts/accounts';
import type { FailedSignIns } from './accounts/failed-sign-ins';
import { createTurns } from './accounts/turns';
import { formFields } from './form-body';
import { ownPath } from './own-path';
import type { PageTools } from './page-tools';
import { sendPage } from './render';
import type { Sessions } from './sessions';
import { createSignInLimits } from './sign-in-limits';

interface SignInDeps extends Pick<PageTools, 'frameOf'> {
  accounts: Accounts;
  sessions: Sessions;
  failedSignIns: Pick<FailedSignIns, 'add'>;
  logger: Logger;
}

/** Each check takes a thread of four for about a tenth of a second, and 32 MB. */
const checks = { atOnce: 2, mostWaiting: 20 };

/**
 * `GET /sign-in?back=&code=` and `POST /sign-in` (name and password, or the code of a one-time link; 303 to `back`,
 * 401 where they don't count, 429 after too many failures, 503 where too many try at once), `POST /sign-out` and `/sign-out/everywhere`.
 * 403 where no AUTH_PRIVATE_KEY is set.
 * A link is used up by a POST only, so that no preview of it does.
 */
export function createSignInPage({ accounts, sessions, failedSignIns, frameOf, logger }: SignInDeps) {
  function draw(req: Request, res: Response, fault: SignInFault | undefined, fields: Map<string, string>): void {
    const text = (name: string): string => fields.get(name) ?? '';
    sendPage(res, {
      status: fault ? 401 : 200,
      meta: { title: messages.signIn.title },
      frame: frameOf(req),
      content: <SignInPage back={ownPath(text('back'))} name={text('name')} code={text('code')} fault={fault} />,
    });
  }

  const limits = createSignInLimits();
  const turns = createTurns(checks);
  const limit: RequestHandler = async (req, res, next) => {
    const fields = formFields(req);
    const isLink = (fields.get('code') ?? '') !== '';
    try {
      await limits.begin(req, res, { name: fields.get('name') ?? '', isLink });
    } catch (error) {
      const how = isLink ? 'link' : 'password';
      if (error instanceof TooManyRequests) failedSignIns.add({ how, refusedNetwork: readerNetwork(req) });
      throw error;
    }
    next();
  };

  const requireKey: RequestHandler = (_req, _res, next) => {
    if (!sessions.areOpen) throw new Forbidden('Nobody can sign in here: no AUTH_PRIVATE_KEY is set.');
    next();
  };

  async function knownBy(fields: ReadonlyMap<string, string>, isWanted: () => boolean): Promise<Known | undefined> {
    const code = fields.get('code') ?? '';
    if (code !== '') return accounts.useLink(code);
    return turns.take(() => accounts.signIn(fields.get('name') ?? '', fields.get('password') ?? ''), isWanted);
  }

  const read: RequestHandler = (req, res) => {
    const given = Object.entries(req.query).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
    draw(req, res, undefined, new Map(given));
  };

  const signIn: RequestHandler = async (req, res) => {
    const fields = formFields(req);
    const isLink = (fields.get('code') ?? '') !== '';
    const known = await knownBy(fields, () => !res.closed);
    if (known && (await sessions.start(req, res, known, isLink ? 'link' : 'password'))) {
      return res.redirect(303, ownPath(fields.get('back')));
    }
    logger.info({ isLink }, 'somebody failed to sign in');
    const account = isLink ? undefined : await accounts.find(fields.get('name') ?? '');
    failedSignIns.add({ how: isLink ? 'link' : 'password', account: account?.name });
    const kept = new Map([...fields].filter(([name]) => name === 'back' || name === 'name'));
    draw(req, res, isLink ? 'link' : 'password', kept);
  };

  const signOut: RequestHandler = async (req, res) => {
    await sessions.end(req, res);
    res.redirect(303, '/');
  };

  const signOutEverywhere: RequestHandler = async (req, res) => {
    await sessions.endEverywhere(req, res);
    res.redirect(303, '/');
  };

  return {
    read: [requireKey, read],
    signIn: [requireKey, limit, signIn],
    signOut,
    signOutEverywhere,
  };
}
