import { join } from 'node:path';
import {
  bindPort,
  blogNameSetting,
  dataDirSetting,
  doorSettings,
  doorsOf,
  openWhenFree,
  processSettings,
  runProcess,
  publicUrlSetting,
} from '@blog/kit';
import { createRenderingThread, sparingly } from '@blog/kit/rendering';
import { busSettings, connectBus } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { startCatchUp } from './catch-up';
import { createPreparedAnswers } from './http/prepared-answers';
import { createLiveStream } from './live-stream';
import { createApply } from './read-model';
import { retrySkipped, retryWhenReachable } from './retry-skipped';
import { openReadModelStore } from './store';

const settings = z.object({
  ...processSettings(4002),
  ...doorSettings,
  DATA_DIR: dataDirSetting,
  ...busSettings,
  /** The address under which readers reach the blog: feeds and the sitemap link to it. */
  PUBLIC_URL: publicUrlSetting,
  BLOG_NAME: blogNameSetting,
});

/**
 * For 10,000 characters, of the processor: a hundred times what the worst of them takes. What is kept here must not depend
 * on how fast a machine is, so a text that took longer would be skipped and not shown in another way.
 */
const longestRenderingMs = 3_000;

void runProcess({ name: 'query', settings, process }, async (parts) => {
  const { settings, logger, metrics, lifecycle } = parts;
  const port = await bindPort(parts);
  const file = join(settings.DATA_DIR, 'query.db');
  // In microseconds: no read model changes so often that a later one could begin below its numbers.
  const open = () => openReadModelStore({ file, changesBefore: Date.now() * 1_000 });
  const store = await openWhenFree(open, parts);
  lifecycle.onClose('store', store.close);
  if (store.oldShape !== undefined) {
    logger.info({ oldShape: store.oldShape }, 'the read model had another shape: it is made again from the log');
  }
  const { bus, verifier } = connectBus(settings);
  lifecycle.onClose('bus client', bus.close);
  const stream = createLiveStream({ changes: store.changes, logger });
  const answers = createPreparedAnswers();
  const thread = createRenderingThread({ limitMs: longestRenderingMs, mostWaiting: Infinity, logger });
  lifecycle.onClose('renderer', thread.close);
  const now = (): Date => new Date();
  const apply = createApply({ store, answers, stream, renderer: sparingly(thread), now, logger });
  const retry = (): Promise<number> => retrySkipped({ bus, apply, store });

  const blog = { publicUrl: settings.PUBLIC_URL, name: settings.BLOG_NAME };
  port.serve(
    createApp({ store, apply, retry, answers, stream, blog, doors: doorsOf(settings), verifier, logger, metrics }),
  );
  lifecycle.onClose('streams', stream.close);

  const catchUp = startCatchUp({ bus, apply, progress: store.catchUp, logger });
  const stopping = new AbortController();
  const retried = catchUp.done
    .then(() => retryWhenReachable({ bus, apply, store }, stopping.signal))
    .catch((error: unknown) => logger.error({ err: error }, 'the skipped events could not be tried again'));
  lifecycle.onClose('catch-up', () => {
    catchUp.stop();
    stopping.abort();
    // Not to wait for a page of history that may never come.
    bus.close();
    return retried;
  });
});
