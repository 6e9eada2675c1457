import { messages } from '../../messages';
import styles from './Shortcuts.module.css';

/** A key, or keys that belong together, and what it does. */
export type Shortcut = readonly [keys: string, does: string];

/** The list of a page's shortcuts. It is in every page, and opened by a script. */
export function Shortcuts({ keys = messages.shortcuts.keys }: { keys?: readonly Shortcut[] | undefined }) {
  const { title, list, on, close } = messages.shortcuts;
  return (
    <dialog className={styles.dialog} id="shortcuts" aria-labelledby="shortcuts-title">
      <h2 id="shortcuts-title">{title}</h2>
      <dl className={styles.list}>
        {[list, ...keys].map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <label className={styles.choice}>
        <input type="checkbox" /> {on}
      </label>
      <form method="dialog">
        <button className="button" type="submit">
          {close}
        </button>
      </form>
    </dialog>
  );
}
