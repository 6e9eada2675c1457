import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { messages } from '../../messages';
import styles from './SearchForm.module.css';

/** A plain form that asks for posts; within a tag it stays within it. */
export function SearchForm({ q, tag }: { q: string; tag: string | undefined }) {
  return (
    <form className={styles.search} role="search" method="get" action="/">
      {tag === undefined ? null : <input type="hidden" name="tag" value={tag} />}
      <label className="visually-hidden" htmlFor="search">
        {tag === undefined ? messages.search.label : messages.search.labelIn(tag)}
      </label>
      <Icon of={icons.search} />
      <input
        {...{ id: 'search', type: 'search', name: 'q', defaultValue: q, maxLength: 200, autoComplete: 'off' }}
        placeholder={messages.search.label}
      />
      <button type="submit" className="button">
        {messages.search.submit}
      </button>
    </form>
  );
}
