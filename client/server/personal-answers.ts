import type { Response } from 'express';

/** What an answer under /api may depend on, beside its address. */
const asked = 'Cookie, Authorization, Comment-Token';

/**
 * What is for one person alone is kept by nobody, not even by their browser: signing out must leave nothing behind that the
 * back button or a shared cache could show.
 */
export function markPersonal(res: Response): void {
  res.set('Cache-Control', 'private, no-store');
  markVarying(res);
}

/** Says on what an answer depends, where others get another one at the same address. */
export function markVarying(res: Response): void {
  res.vary(asked);
}
