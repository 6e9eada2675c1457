import type { RefObject } from 'react';
import { formatNumber } from '../../numbers';
import { review } from '../../studio/words';
import { type QueueStatus, statuses } from './queue';
import styles from './QueueTabs.module.css';

interface QueueTabsProps {
  view: { status: QueueStatus; q: string };
  counts: Record<QueueStatus, number> | undefined;
  open: (view: { status: QueueStatus; q: string }) => void;
  searchRef: RefObject<HTMLInputElement | null>;
}

/** Which comments are shown: links, so that each view has its address. */
export function QueueTabs({ view, counts, open, searchRef }: QueueTabsProps) {
  return (
    <div className={styles.bar}>
      <nav className={styles.tabs} aria-label={review.tabsLabel}>
        {statuses.map((status) => (
          <a
            key={status}
            href={`/review?${new URLSearchParams({ tab: status, ...(view.q === '' ? {} : { q: view.q }) })}`}
            aria-current={status === view.status ? 'page' : undefined}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              open({ ...view, status });
            }}
          >
            {review.tabs[status]} <span className={styles.count}>{counts ? formatNumber(counts[status]) : ''}</span>
          </a>
        ))}
      </nav>
      <form
        role="search"
        className={styles.search}
        onSubmit={(event) => {
          event.preventDefault();
          open({ ...view, q: searchRef.current?.value.trim() ?? '' });
        }}
      >
        <label className="visually-hidden" htmlFor="review-search">
          {review.search}
        </label>
        <input
          id="review-search"
          type="search"
          ref={searchRef}
          defaultValue={view.q}
          placeholder={review.search}
          maxLength={100}
        />
      </form>
    </div>
  );
}
