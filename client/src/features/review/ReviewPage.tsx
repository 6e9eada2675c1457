import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { review } from '../../studio/words';
import { Blocklist } from './Blocklist';
import { Queue } from './Queue';
import { type QueueStatus, statuses } from './queue';
import styles from './ReviewPage.module.css';
import { RulesPanel } from './RulesPanel';
import { useDecisions } from './use-decisions';
import type { QueueView } from './use-review';

const isStatus = (text: string | null): text is QueueStatus => statuses.some((status) => status === text);
const rulesTab = 'rules';

/** `/review?tab=&q=`: the queue of comments, and the rules that fill it (`?tab=rules`). */
export function ReviewPage() {
  const [search, setSearch] = useSearchParams();
  const queries = useQueryClient();
  const decisions = useDecisions(() => void queries.invalidateQueries({ queryKey: ['queue-now'] }));
  const tab = search.get('tab');
  const showsRules = tab === rulesTab;
  // Once opened, the rules stay where they are: what was changed in them outlives a look at the queue.
  const [hasRules, setHasRules] = useState(showsRules);
  if (showsRules && !hasRules) setHasRules(true);
  const view: QueueView = { status: isStatus(tab) ? tab : 'pending', q: search.get('q') ?? '' };
  const open = ({ status, q }: QueueView): void => {
    decisions.showAfresh();
    setSearch({ tab: status, ...(q === '' ? {} : { q }) });
  };
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{showsRules ? review.rules : review.title}</h1>
        <Link className="button" to={showsRules ? '/review' : `/review?tab=${rulesTab}`} onClick={decisions.showAfresh}>
          {showsRules ? <Icon of={icons.arrowLeft} /> : null} {showsRules ? review.queue : review.rules}
        </Link>
      </div>
      {hasRules ? (
        <div hidden={!showsRules}>
          <RulesPanel />
          <Blocklist />
        </div>
      ) : null}
      {showsRules ? null : <Queue key={`${view.status} ${view.q}`} view={view} open={open} decisions={decisions} />}
    </div>
  );
}
