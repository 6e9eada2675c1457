import { useEffect, useState } from 'react';

const tickMs = 15_000;

/** The server's time, in milliseconds, as it goes on since the page was made: this device's clock may be wrong. */
export function useNow(renderedAt: string): number {
  const [now, setNow] = useState(() => Date.parse(renderedAt));
  useEffect(() => {
    const start = Date.parse(renderedAt);
    const ticking = setInterval(() => setNow(start + performance.now()), tickMs);
    return () => clearInterval(ticking);
  }, [renderedAt]);
  return now;
}
