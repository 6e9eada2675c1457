import type { z } from 'zod';
import { ConfigError, readConfig } from './config';
import { createLifecycle, type Lifecycle } from './lifecycle';
import { createLogger, type Logger } from './logger';
import { createMetrics, type Registry } from './metrics';

export interface ProcessParts<Settings> {
  settings: Settings;
  logger: Logger;
  metrics: Registry;
  lifecycle: Lifecycle;
}

/**
 * The frame of every `main.ts`: reads the settings, runs `start`, closes on SIGTERM and SIGINT.
 * Where the settings are wrong or `start` fails, what was opened is closed again and the process exits with 1.
 */
export async function runProcess<S extends z.ZodObject<{ LOG_LEVEL: z.ZodType<string> }>>(
  { name, settings: schema, process }: { name: string; settings: S; process: NodeJS.Process },
  start: (parts: ProcessParts<z.output<S>>) => Promise<void>,
): Promise<void> {
  const settings = readSettings(name, schema, process);
  if (!settings) return process.exit(1);
  const logger = createLogger({ name, level: settings.LOG_LEVEL });
  const lifecycle = createLifecycle(logger);
  lifecycle.closeOnSignals(process);
  try {
    await lifecycle.open(() => start({ settings, logger, metrics: createMetrics(name), lifecycle }));
  } catch (error) {
    // It was told to end before it was ready, and does so by itself.
    if (lifecycle.closing.aborted && isAbort(error)) return;
    logger.fatal({ err: error }, 'could not start');
    await lifecycle.close();
    process.exit(1);
  }
}

const isAbort = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';

function readSettings<S extends z.ZodObject>(name: string, schema: S, { env, stderr }: NodeJS.Process) {
  try {
    return readConfig(schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    stderr.write(`${name}: the settings are wrong. ${error.message}\n`);
    return undefined;
  }
}
