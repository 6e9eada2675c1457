/** The folder of one bus: its log and its state. Only one living process may have it. */
export interface Folder {
  /** Takes it for a process. Says whether that has it now; the end of a process gives it back. */
  take(isAlive: () => boolean): boolean;
}

/** @param isLocked false: a bus that takes no lock, to see what two of them do to each other */
export function createFolder({ isLocked = true } = {}): Folder {
  let isHeld = (): boolean => false;
  return {
    take(isAlive) {
      if (isLocked && isHeld()) return false;
      isHeld = isAlive;
      return true;
    },
  };
}
