import type { DeliveryObserver } from '../delivery/observer';

/** Tells all of them what happens in the delivery. */
export function observersOf(...observers: readonly DeliveryObserver[]): DeliveryObserver {
  return {
    pushed(push) {
      for (const observer of observers) observer.pushed(push);
    },
    gaveUp(group, letter) {
      for (const observer of observers) observer.gaveUp(group, letter);
    },
    changed(group, change) {
      for (const observer of observers) observer.changed(group, change);
    },
  };
}
