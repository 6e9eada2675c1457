import { useEffect, useState } from 'react';
import { formatDate, formatExactly, formatRelative } from '../time';

const tickMs = 30_000;

/** The server writes the date; in the browser a time of the last week becomes "3 hours ago" and keeps up. */
export function Time({ at, className }: { at: string; className?: string }) {
  const [text, setText] = useState(() => formatDate(at));
  useEffect(() => {
    const update = () => setText(formatRelative(at, Date.now()) ?? formatDate(at));
    update();
    const ticking = setInterval(update, tickMs);
    return () => clearInterval(ticking);
  }, [at]);
  return (
    <time dateTime={at} title={formatExactly(at)} className={className}>
      {text}
    </time>
  );
}
