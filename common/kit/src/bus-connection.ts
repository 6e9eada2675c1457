import type { z } from 'zod';
import { type BusClient, createBusClient } from './bus-client';
import { secretsSetting, urlSetting } from './config';
import { createSigner, createVerifier, type Verifier } from './signatures';

/** The settings of a process that publishes to the bus or is pushed to by it. */
export const busSettings = {
  EVENT_BUS_URL: urlSetting('http://127.0.0.1:4005'),
  /** One secret, or the new and the old one during a rotation. Without it nothing is signed or verified. */
  BUS_SECRET: secretsSetting,
};

type BusSettings = z.output<z.ZodObject<typeof busSettings>>;

export interface BusConnection {
  bus: BusClient & { close(): void };
  /** Checks what comes in at `POST /events`; absent where no secret is set. */
  verifier?: Verifier;
}

/** Both directions between a service and the bus, signed and verified where a secret is set. Connects when used. */
export function connectBus({ EVENT_BUS_URL: url, BUS_SECRET: secrets }: BusSettings): BusConnection {
  const [newest, ...older] = secrets;
  if (newest === undefined) return { bus: createBusClient({ url }) };
  return {
    bus: createBusClient({ url, signer: createSigner([newest, ...older]) }),
    verifier: createVerifier(secrets),
  };
}
