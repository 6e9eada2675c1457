const kept = 100;

/** The damage that was found, in words. Of very much the first is kept. */
export interface DamageList {
  add: (what: string) => void;
  all: () => readonly string[];
}

/** @param onDamage is told what was not told before */
export function createDamageList(onDamage: (what: string) => void = () => undefined): DamageList {
  const found: string[] = [];
  return {
    add(what) {
      if (found.includes(what) || found.length >= kept) return;
      found.push(what);
      onDamage(what);
    },
    all: () => found,
  };
}
