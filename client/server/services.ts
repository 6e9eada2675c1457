import type { Logger } from '@blog/kit';
import type { Services } from './blog';
import { createLastAnswers } from './last-answers';
import { createRememberingService } from './remembering-service';
import { createService } from './service';
import type { Settings } from './settings';

type Urls = Pick<Settings, 'POSTS_URL' | 'COMMENTS_URLS' | 'QUERY_URL' | 'MODERATION_URL'>;

/** What query tells everybody of the blog: lists, posts, tags, feeds. Not how it is itself, and not its stream. */
const publicReads = /^\/(posts|tags)([/?]|$)|^\/(feed\.(atom|json)|sitemap\.xml)(\?|$)/;

/** The services, as the settings tell where they are. While query is away, its last answers stand in for it. */
export function createServices({ settings, logger }: { settings: Urls; logger: Logger }): Services {
  const now = (): Date => new Date();
  const service = (name: string, urls: readonly string[]) =>
    createService({ name, urls, logger, now: () => performance.now() });
  return {
    posts: service('posts', [settings.POSTS_URL]),
    comments: service('comments', settings.COMMENTS_URLS),
    query: createRememberingService({
      service: service('query', [settings.QUERY_URL]),
      answers: createLastAnswers({ now }),
      isPublic: (path) => publicReads.test(path),
      now,
      logger,
    }),
    moderation: service('moderation', [settings.MODERATION_URL]),
  };
}
