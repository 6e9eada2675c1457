import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { publicUrlSetting, secretsSetting } from '../config';
import { hostNameIn } from './hosts';
import { metricsDoor } from './metrics-door';
import { ownNetworks, trustProxies } from './reader-address';

const listed = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** Names of hosts, separated by commas or spaces; a port doesn't count. */
export const hostNamesSetting = z
  .string()
  .transform((text, context) =>
    listed(text).map((part) => {
      const name = hostNameIn(part);
      if (name === undefined) context.addIssue({ code: 'custom', message: `"${part}" is not a name of a host` });
      return name ?? '';
    }),
  )
  .default([]);

function isProxy(text: string): boolean {
  if (/^\d+$/.test(text)) return /^[1-9]\d?$/.test(text);
  try {
    trustProxies(express(), [text]);
    return true;
  } catch {
    return false;
  }
}

/** Proxies whose word on a reader's address counts; see `trustProxies`. */
export const trustedProxiesSetting = z
  .string()
  .transform((text, context) => {
    const proxies = listed(text);
    for (const proxy of proxies.filter((text) => !isProxy(text))) {
      const message = `"${proxy}" is not an address, a network (203.0.113.0/24), or a number of hops from 1 to 99`;
      context.addIssue({ code: 'custom', message });
    }
    return proxies;
  })
  .default([...ownNetworks]);

/** Who may come in at all, for every process. */
export const doorSettings = {
  /** The address under which readers reach the blog: a process may be asked under its host. */
  PUBLIC_URL: publicUrlSetting,
  /** Further names under which a process may be asked. */
  ALLOWED_HOSTS: hostNamesSetting,
  /** Proxies whose `X-Forwarded-For` counts. */
  TRUSTED_PROXIES: trustedProxiesSetting,
  /** Lets whoever has it read the metrics; two with a comma between during a rotation. */
  METRICS_TOKEN: secretsSetting,
};

/** What {@link doorSettings} say of whose word counts, for `createServiceApp`. */
export interface Doors {
  trustedProxies: readonly string[];
  metricsFor: RequestHandler;
}

/** `metricsFor`: who may read the metrics if no token is set; see {@link metricsDoor}. */
export function doorsOf(
  settings: { TRUSTED_PROXIES: readonly string[]; METRICS_TOKEN: readonly string[] },
  metricsFor: 'everybody' | 'nobody' = 'everybody',
): Doors {
  return {
    trustedProxies: settings.TRUSTED_PROXIES,
    metricsFor: metricsDoor(settings.METRICS_TOKEN, metricsFor),
  };
}
