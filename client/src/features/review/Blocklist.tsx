import { useRef } from 'react';
import { Notice } from '../../components/Notice';
import { Time } from '../../components/Time';
import { refusalOf } from '../../studio/request';
import { blocklist as words, review, studio } from '../../studio/words';
import { type Blocked, lift } from './blocklist';
import styles from './Blocklist.module.css';
import { useBlocklist, useBlocklistChange } from './use-blocklist';

const longestExcerpt = 120;

const keyOf = ({ authorId, addressHash }: Blocked): string => authorId ?? `address ${addressHash}`;

function Entry({ entry, isBusy, onLift }: { entry: Blocked; isBusy: boolean; onLift: () => void }) {
  const { comment, action, by, at, authorId } = entry;
  const name = comment ? comment.author || review.anonymous : words.unknown;
  return (
    <li>
      <div>
        <strong>{name}</strong> {comment?.content.slice(0, longestExcerpt)}
        <p>
          {authorId === undefined ? words.address : words.author} {words.means[action]} {review.by(by)} <Time at={at} />
        </p>
      </div>
      <button className="button" type="button" disabled={isBusy} onClick={onLift} aria-label={words.liftOf(name)}>
        {words.lift}
      </button>
    </li>
  );
}

/** Who is blocked, and the way to lift it. */
export function Blocklist() {
  const { query, entries } = useBlocklist();
  const heading = useRef<HTMLHeadingElement>(null);
  // The button goes with its entry.
  const { change, isBusy, fault } = useBlocklistChange(() => heading.current?.focus());
  const problem = fault ?? (query.isError ? refusalOf(query.error).message : undefined);
  return (
    <section className={styles.blocklist} aria-labelledby="blocklist">
      <h2 id="blocklist" ref={heading} tabIndex={-1}>
        {words.title}
      </h2>
      <p className={styles.soft}>{entries.length > 0 ? words.intro : query.isSuccess ? words.empty : studio.loading}</p>
      {problem === undefined ? null : <Notice title={problem} />}
      <ul>
        {entries.map((entry) => (
          <Entry key={keyOf(entry)} entry={entry} isBusy={isBusy} onLift={() => change(() => lift(entry))} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <button className="button" type="button" onClick={() => void query.fetchNextPage()}>
          {review.more}
        </button>
      ) : null}
    </section>
  );
}
