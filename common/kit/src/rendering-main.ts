/** The thread that renders Markdown, so that whatever a text costs, the process goes on answering. */
import { parentPort } from 'node:worker_threads';
import { renderLimited, renderWithExcerpt } from './markdown';
import type { FromRenderer, ToRenderer } from './rendering-thread';

const renderers = { full: renderWithExcerpt, limited: renderLimited };

function answer({ kind, text }: ToRenderer): FromRenderer {
  try {
    return { kind: 'rendered', rendered: renderers[kind](text) };
  } catch (error) {
    // The message of an error may quote the text.
    return { kind: 'failed', name: error instanceof Error ? error.name : typeof error };
  }
}

parentPort?.on('message', (request: ToRenderer) => parentPort?.postMessage(answer(request)));
parentPort?.postMessage({ kind: 'ready' } satisfies FromRenderer);
