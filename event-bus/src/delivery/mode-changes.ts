import type { DeliveryObserver } from './observer';
import type { Mode, Pace } from './pace';

/** Gives a function that tells when the subscriber went down or came back, as often as it is called. */
export function createModeChanges({
  group,
  pace,
  observer,
}: {
  group: string;
  pace: Pace;
  observer: DeliveryObserver;
}): () => void {
  let known: Mode = 'flowing';
  return () => {
    const mode = pace.mode();
    if (mode === known) return;
    if (mode === 'down') observer.changed(group, { kind: 'down', reason: pace.reason() ?? '' });
    else if (known === 'down') observer.changed(group, { kind: 'back' });
    known = mode;
  };
}
