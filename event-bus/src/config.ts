import { readFileSync } from 'node:fs';
import { authSettings, dataDirSetting, doorSettings, faultsOf, processSettings, secretsSetting } from '@blog/kit';
import { z } from 'zod';
import { blogEventTypes, blogSubscriptions } from './blog';
import { Subscription } from './delivery/subscription';
import { groupName } from './http/group-name';
import { Publisher } from './publishers';

const name = (what: string) => z.string().regex(groupName, `is not a name for a ${what}`);

const Subscriptions = z.record(name('group'), Subscription);

function readText(setting: string): string {
  return setting.trimStart().startsWith('{') ? setting : readFileSync(setting, 'utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold secrets.
    throw new Error('is not valid JSON');
  }
}

/** JSON text or the path of a JSON file. */
function jsonSetting<S extends z.ZodType>(schema: S, fallback: z.input<S>) {
  return z
    .string()
    .optional()
    .transform((setting, context): z.output<S> => {
      if (setting === undefined) return schema.parse(fallback);
      try {
        const result = schema.safeParse(parse(readText(setting)));
        if (result.success) return result.data;
        const faults = faultsOf(result.error).map(({ path, message }) => `${path} ${message}`);
        context.addIssue({ code: 'custom', message: faults.join(', ') });
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
      return z.NEVER;
    });
}

export const settings = z.object({
  ...processSettings(4005),
  ...doorSettings,
  /** The folder that holds `event-bus.db` (the log) and `event-bus-delivery.db`. */
  DATA_DIR: dataDirSetting,
  /** `{"<group>": {"endpoints": ["http://…"], …}}` */
  SUBSCRIPTIONS: jsonSetting(Subscriptions, blogSubscriptions),
  /** `{"<type>": JSON Schema of its data}`, for people and their tools: whatever it says, any event is taken. */
  EVENT_TYPES: jsonSetting(z.record(z.string().min(1), z.record(z.string(), z.unknown())), blogEventTypes),
  /** One secret, or the new and the old one during a rotation. Without it nothing is signed or verified. */
  BUS_SECRET: secretsSetting,
  ...authSettings,
  /**
   * `local`: programs on this machine are operators; the default where the bus listens to this machine only. `token`: only who
   * has a token with the role operator is.
   */
  OPERATORS: z.enum(['local', 'token'], 'must be local or token').optional(),
  /** `{"<publisher>": {"secret": ["whsec_…"], "types": ["PostCreated"]}}`: they may publish these types only. */
  PUBLISHERS: jsonSetting(z.record(name('publisher'), Publisher), {}),
  /** So much of the disk stays free for the state of the delivery; publishes are refused (503) before. */
  DISK_RESERVE_MB: z.coerce.number('not a number').min(0, 'must not be negative').default(64),
  /** Publishes are refused (503) while a group is so many events behind. Not set: never. */
  BACKLOG_LIMIT: z.coerce.number('not a number').int('not a whole number').min(1, 'must be at least 1').optional(),
  /** `on`: things may be made to go wrong on purpose. */
  FAULTS: z.enum(['on', 'off'], 'must be on or off').default('off'),
});
