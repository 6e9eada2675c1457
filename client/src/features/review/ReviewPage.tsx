import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { review } from '../../studio/words';
import { Queue } from './Queue';
import { type QueueStatus, statuses } from './queue';
import styles from './ReviewPage.module.css';
import { RulesPanel } from './RulesPanel';

const isStatus = (text: string | null): text is QueueStatus => statuses.some((status) => status === text);

/** `/review?tab=&q=`: the queue of comments, and the rules that fill it. */
export function ReviewPage() {
  const [search, setSearch] = useSearchParams();
  const [showsRules, setShowsRules] = useState(false);
  const tab = search.get('tab');
  const view = { status: isStatus(tab) ? tab : 'pending', q: search.get('q') ?? '' } as const;
  const open = (next: { status: QueueStatus; q: string }): void =>
    setSearch({ tab: next.status, ...(next.q === '' ? {} : { q: next.q }) });
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{review.title}</h1>
        <button className="button" type="button" aria-pressed={showsRules} onClick={() => setShowsRules(!showsRules)}>
          {showsRules ? review.queue : review.rules}
        </button>
      </div>
      {showsRules ? <RulesPanel /> : <Queue key={`${view.status} ${view.q}`} view={view} open={open} />}
    </div>
  );
}
