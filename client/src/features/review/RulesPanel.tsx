import { useQuery } from '@tanstack/react-query';
import { Notice } from '../../components/Notice';
import { refusalOf } from '../../studio/request';
import { studio } from '../../studio/words';
import { RulesForm } from './RulesForm';
import { loadRules } from './rule-set';

/** The rules in force, to be changed and tried. */
export function RulesPanel() {
  const query = useQuery({ queryKey: ['rules'], queryFn: loadRules, staleTime: Infinity, gcTime: 0 });
  if (query.isError) {
    return (
      <Notice title={refusalOf(query.error).message}>
        <button className="button" type="button" onClick={() => void query.refetch()}>
          {studio.retry}
        </button>
      </Notice>
    );
  }
  if (!query.data) return <p>{studio.loading}</p>;
  return <RulesForm key={query.dataUpdatedAt} loaded={query.data} onReload={() => void query.refetch()} />;
}
