import { Forbidden, type Role } from '@blog/kit';
import type { RequestHandler } from 'express';
import { StudioPage } from '../src/routes/StudioPage';
import type { PageFrame } from '../src/routes/Document';
import type { EntryName } from './assets';
import type { PageTools } from './page-tools';
import { sendPage } from './render';

interface StudioFrame extends Pick<PageFrame, 'isWide' | 'shortcuts'> {
  title: string;
}

/**
 * `GET /write`, `/write/:id` (authors) and `/review` (moderators): the frame of a page that the browser draws. Whoever is
 * not signed in is led to do so and back; whoever is, without the role, gets 403.
 */
export function createStudioPage({ sessions, frameOf }: Pick<PageTools, 'sessions' | 'frameOf'>) {
  return (role: Role, entry: EntryName, { title, ...frame }: StudioFrame): RequestHandler =>
    (req, res) => {
      const session = sessions.of(req);
      if (!session && sessions.areOpen)
        return res.redirect(302, `/sign-in?back=${encodeURIComponent(req.originalUrl)}`);
      if (!session?.identity.roles.includes(role)) throw new Forbidden(`This page needs the role ${role}.`);
      sendPage(res, {
        status: 200,
        meta: { title },
        frame: { ...frameOf(req, entry), ...frame },
        content: <StudioPage />,
      });
    };
}
