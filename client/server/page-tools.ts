import type { Logger } from '@blog/kit';
import type { Renderer } from '@blog/kit/rendering';
import type { Request, Response } from 'express';
import type { PageFrame } from '../src/routes/Document';
import type { EntryName } from './assets';
import type { Blog, Reader } from './blog';
import type { Cookies } from './cookies';
import type { NoteDeletion } from './deletions';
import type { Sessions } from './sessions';

/** What every page is made with. */
export interface PageTools {
  blog: Blog;
  cookies: Cookies;
  sessions: Sessions;
  noteDeletion: NoteDeletion;
  logger: Logger;
  publicUrl: string;
  blogName: string;
  /** Renders what is previewed. */
  renderer: Renderer;
  /** Who may write posts. */
  writers: 'anyone' | 'authors';
  now: () => Date;
  readerOf: (req: Request, res: Response) => Reader;
  /** `entry` says which parts of the page come alive; none where it is left out. */
  frameOf: (req: Request, entry?: EntryName) => PageFrame;
}
