import type { GroupBook } from './book';
import type { SeenPush } from './network';

export interface StillnessCheck {
  sent(push: SeenPush): void;
  /** Somebody asks for a pause; call what it gives once that is answered. */
  pausing(): () => void;
  /** Somebody asks for more: it may come at any time from now on. */
  resuming(): void;
  halted(key: string): void;
  releasing(key: string): void;
  /** The machine failed: the pauses may be forgotten. */
  forget(): void;
}

/** No push begins while the group is paused, nor of a key that an operator has halted. */
export function createStillnessCheck({ name }: GroupBook, fault: (text: string) => void): StillnessCheck {
  let paused = false;
  let resumed = 0;
  const halted = new Set<string>();
  return {
    sent({ events }) {
      const [first] = events;
      if (paused && first) fault(`${name} is sent ${first.sequence} while it is paused`);
      for (const { sequence, key } of events) {
        if (halted.has(key)) fault(`${name} is sent ${sequence} though an operator has halted ${key}`);
      }
    },
    pausing() {
      const before = resumed;
      return () => void (paused = resumed === before);
    },
    resuming() {
      resumed += 1;
      paused = false;
    },
    halted: (key) => void halted.add(key),
    releasing: (key) => void halted.delete(key),
    forget() {
      resumed += 1;
      paused = false;
      halted.clear();
    },
  };
}
