import {
  authSettings,
  blogNameSetting,
  dataDirSetting,
  doorSettings,
  privateKeySetting,
  processSettings,
  urlListSetting,
  urlSetting,
} from '@blog/kit';
import { z } from 'zod';

const originListSetting = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(
    z.array(
      z
        .url({ protocol: /^https?$/, error: 'must be origins, as https://example.org' })
        .transform((text) => new URL(text).origin),
    ),
  )
  .default([]);

/** The client's settings. `PUBLIC_URL` is the address under which readers reach it; canonical links begin with it. */
export const Settings = z.object({
  ...processSettings(3000),
  ...doorSettings,
  /** The folder that holds `accounts.json` and `audit.jsonl`. */
  DATA_DIR: dataDirSetting,
  /** Signs what the services are shown of who is signed in. Without it nobody can sign in. No other process has it. */
  AUTH_PRIVATE_KEY: privateKeySetting,
  ...authSettings,
  POSTS_URL: urlSetting('http://127.0.0.1:4000'),
  COMMENTS_URLS: urlListSetting(['http://127.0.0.1:4001', 'http://127.0.0.1:4006', 'http://127.0.0.1:4007']),
  QUERY_URL: urlSetting('http://127.0.0.1:4002'),
  MODERATION_URL: urlSetting('http://127.0.0.1:4003'),
  /** Who may write posts, as the posts service has it too: the form for one is shown to them only. */
  POSTS_WRITE: z.enum(['anyone', 'authors'], 'must be anyone or authors').default('anyone'),
  /** The origins whose pages may show a post's comments in a frame, with commas between. None: nobody's. */
  EMBED_ORIGINS: originListSetting,
  BLOG_NAME: blogNameSetting,
});
export type Settings = z.output<typeof Settings>;
