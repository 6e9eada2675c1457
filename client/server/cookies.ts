import type { Request, Response } from 'express';
import { readTheme, type Theme } from '../src/features/theme/theme';

const themeCookie = 'theme';
const tokensCookie = 'comment_tokens';
/** The same for a frame in another site's page, where browsers neither keep nor send the other one. */
const framedTokensCookie = 'framed_comment_tokens';
const mostTokens = 20;
const dayMs = 24 * 60 * 60 * 1000;
/** What a token may look like, and how long it may be, so that 20 of them fit into a cookie. */
const wellFormedToken = /^[\w.~+/=-]{1,150}$/;

export interface Cookies {
  theme(req: Request): Theme;
  keepTheme(res: Response, theme: Theme): void;
  /** The edit tokens of this reader's own comments, newest last. */
  tokens(req: Request): string[];
  /** Remembers the edit token of a comment just written, beside the newest 19 of earlier ones. */
  keepToken(req: Request, res: Response, token: string): void;
}

/**
 * What a cookie is called. Where the site is served by HTTPS, browsers take one with this prefix from this very host only: no
 * other host of the same domain can plant it.
 */
export const cookieName = (name: string, { secure }: { secure: boolean }): string => (secure ? `__Host-${name}` : name);

/** The value of a cookie that the request carries, as it is there. */
export function readCookie(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [key, value = ''] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

/** Whether a request comes from the comments in a frame: it is sent to them, or their page says that it sends it. */
function isFramed(req: Request): boolean {
  const referer = req.get('Referer') ?? '';
  return (
    req.originalUrl.startsWith('/embed/') || (URL.canParse(referer) && new URL(referer).pathname.startsWith('/embed/'))
  );
}

/**
 * The cookies of the reader pages. No script in the browser can read them, and no other site's page can send them
 * (`SameSite=Lax`). For that very reason a frame in such a page needs cookies of its own: `Partitioned`, so that they are
 * that one site's frame's alone and tell nothing across sites. Browsers take those over HTTPS and on this machine only.
 */
export function createCookies({ secure }: { secure: boolean }): Cookies {
  const settings = { httpOnly: true, sameSite: 'lax', secure, path: '/', encode: String } as const;
  const framed = { ...settings, sameSite: 'none', secure: true, partitioned: true } as const;
  const [theme, own, inFrame] = [themeCookie, tokensCookie, framedTokensCookie].map((name) =>
    cookieName(name, { secure }),
  ) as [string, string, string];
  // Earlier versions used no prefix. What they left counts as the oldest, so that planted tokens push out none of the reader's.
  const places = [...new Set([tokensCookie, framedTokensCookie, own, inFrame])];
  const tokens = (req: Request): string[] =>
    [...new Set(places.flatMap((name) => (readCookie(req, name) ?? '').split(':')))]
      .map((token) => token.replaceAll('%3D', '='))
      .filter((token) => wellFormedToken.test(token));
  return {
    theme: (req) => readTheme(readCookie(req, theme) ?? readCookie(req, themeCookie)),
    keepTheme: (res, chosen) => void res.cookie(theme, chosen, { ...settings, maxAge: 365 * dayMs }),
    tokens,
    keepToken(req, res, token) {
      if (!wellFormedToken.test(token)) return;
      const kept = [...tokens(req).filter((each) => each !== token), token].slice(-mostTokens);
      const value = kept.map((each) => each.replaceAll('=', '%3D')).join(':');
      res.cookie(own, value, { ...settings, maxAge: 30 * dayMs });
      if (isFramed(req)) res.cookie(inFrame, value, { ...framed, maxAge: 30 * dayMs });
    },
  };
}
