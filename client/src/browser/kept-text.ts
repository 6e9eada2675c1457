/**
 * What somebody has typed, kept on this device until it is safely stored elsewhere.
 * A browser may refuse storage (private mode, full): then nothing is kept, and nothing breaks.
 */
export interface KeptText<T> {
  read(): T | undefined;
  write(value: T): void;
  forget(): void;
}

export function keepText<T>(key: string): KeptText<T> {
  const attempt = <R>(action: (storage: Storage) => R): R | undefined => {
    try {
      return action(window.localStorage);
    } catch {
      return undefined;
    }
  };
  return {
    read: () =>
      attempt((storage) => {
        const text = storage.getItem(key);
        return text === null ? undefined : (JSON.parse(text) as T);
      }),
    write: (value) => void attempt((storage) => storage.setItem(key, JSON.stringify(value))),
    forget: () => void attempt((storage) => storage.removeItem(key)),
  };
}
