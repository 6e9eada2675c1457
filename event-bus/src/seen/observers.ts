import type { DeliveryObserver } from '../delivery/deliver';

/** Tells all of them what happens in the delivery. */
export function observersOf(...observers: readonly DeliveryObserver[]): DeliveryObserver {
  return {
    pushed(push) {
      for (const observer of observers) observer.pushed(push);
    },
    gaveUp(group, letter) {
      for (const observer of observers) observer.gaveUp(group, letter);
    },
  };
}
