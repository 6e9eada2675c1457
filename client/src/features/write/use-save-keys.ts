import { useEffect, useRef } from 'react';

interface SaveKeys {
  isOff: boolean;
  save: (publish: boolean) => void;
}

/** Ctrl+S (or ⌘S) saves and Ctrl+Enter publishes, wherever in the page the focus is. */
export function useSaveKeys(keys: SaveKeys): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
      if (event.key !== 's' && event.key !== 'Enter') return;
      // Also while it does nothing: the browser would save the page as a file.
      event.preventDefault();
      const { isOff, save } = current.current;
      if (!isOff && !event.repeat) save(event.key === 'Enter');
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
