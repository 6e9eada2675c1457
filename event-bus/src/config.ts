import { readFileSync } from 'node:fs';
import { authSettings, dataDirSetting, faultsOf, processSettings, secretsSetting } from '@blog/kit';
import { z } from 'zod';
import { Subscription } from './delivery/subscription';

/**
 * The groups of the blog. Each POST holds one event, so that any service written for `{type, data}` can take the place
 * of one of them; it would not understand an array, and answer 200 to it.
 */
const blogSubscriptions: Record<string, z.input<typeof Subscription>> = {
  comments: {
    endpoints: ['http://127.0.0.1:4001/events', 'http://127.0.0.1:4006/events', 'http://127.0.0.1:4007/events'],
  },
  query: { endpoints: ['http://127.0.0.1:4002/events'] },
  moderation: { endpoints: ['http://127.0.0.1:4003/events'] },
};

const Subscriptions = z.record(
  z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'is not a name for a group'),
  Subscription,
);

function readText(setting: string): string {
  return setting.trimStart().startsWith('{') ? setting : readFileSync(setting, 'utf8');
}

/** JSON text or the path of a JSON file: `{"<group>": {"endpoints": ["http://…"], …}}`. */
const subscriptionsSetting = z
  .string()
  .optional()
  .transform((setting, context) => {
    if (setting === undefined) return Subscriptions.parse(blogSubscriptions);
    try {
      const result = Subscriptions.safeParse(JSON.parse(readText(setting)));
      if (result.success) return result.data;
      const faults = faultsOf(result.error).map(({ path, message }) => `${path} ${message}`);
      context.addIssue({ code: 'custom', message: faults.join(', ') });
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
    return z.NEVER;
  });

export const settings = z.object({
  ...processSettings(4005),
  /** The folder that holds `event-bus.db` (the log) and `event-bus-delivery.db`. */
  DATA_DIR: dataDirSetting,
  SUBSCRIPTIONS: subscriptionsSetting,
  /** One secret, or the new and the old one during a rotation. Without it nothing is signed or verified. */
  BUS_SECRET: secretsSetting,
  ...authSettings,
  /**
   * `local`: programs on this machine are operators; the default where the bus listens to this machine only. `token`: only who
   * has a token with the role operator is.
   */
  OPERATORS: z.enum(['local', 'token'], 'must be local or token').optional(),
  /** `on`: things may be made to go wrong on purpose. */
  FAULTS: z.enum(['on', 'off'], 'must be on or off').default('off'),
});
