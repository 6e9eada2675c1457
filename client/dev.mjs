/** The client from source: pages by Vite's ssrLoadModule, scripts and styles by its dev server with hot reload. */
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { createServer as createVite } from 'vite';

const httpServer = createHttpServer();
const vite = await createVite({
  root: import.meta.dirname,
  appType: 'custom',
  server: { middlewareMode: true, hmr: { server: httpServer } },
});
const { createDevelopment } = await vite.ssrLoadModule('/server/development.ts');
const preamble = react.preambleCode.replace('__BASE__', '/');
// The thread's compiler would take this folder's settings, which are for Vite.
process.env.TS_NODE_PROJECT = fileURLToPath(new URL('../common/kit/tsconfig.json', import.meta.url));
const rendering = {
  file: fileURLToPath(new URL('../common/kit/src/rendering-main.ts', import.meta.url)),
  execArgv: ['--conditions=source', '--require', 'ts-node/register'],
};
const { settings, logger, currentApp } = createDevelopment({ env: process.env, vite, preamble, rendering });

httpServer.on('request', async (req, res) => {
  try {
    (await currentApp())(req, res);
  } catch (error) {
    vite.ssrFixStacktrace(error);
    logger.error({ err: error }, 'the source does not load');
    res.writeHead(500, { 'Content-Type': 'text/plain' }).end(error.stack);
  }
});
// As the built client does: on both addresses of this machine, if it has both.
const [address, other] = settings.HOST === 'localhost' ? ['127.0.0.1', '::1'] : [settings.HOST];
const door = createServer({ allowHalfOpen: true }, (socket) => httpServer.emit('connection', socket));
door.on('error', (error) => logger.warn({ reason: error.message }, 'not listening on ::1'));
httpServer.listen(settings.PORT, address, () => {
  if (other) door.listen(settings.PORT, other);
  logger.info({ port: settings.PORT }, 'listening');
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    httpServer.close();
    door.close();
    httpServer.closeAllConnections();
    await vite.close();
    process.exit(0);
  });
}
