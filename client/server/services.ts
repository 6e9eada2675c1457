import type { Logger } from '@blog/kit';
import type { Services } from './blog';
import { createService } from './service';
import type { Settings } from './settings';

type Urls = Pick<Settings, 'POSTS_URL' | 'COMMENTS_URLS' | 'QUERY_URL' | 'MODERATION_URL'>;

/** The services, as the settings tell where they are. */
export function createServices({ settings, logger }: { settings: Urls; logger: Logger }): Services {
  const service = (name: string, urls: readonly string[]) =>
    createService({ name, urls, logger, now: () => performance.now() });
  return {
    posts: service('posts', [settings.POSTS_URL]),
    comments: service('comments', settings.COMMENTS_URLS),
    query: service('query', [settings.QUERY_URL]),
    moderation: service('moderation', [settings.MODERATION_URL]),
  };
}
