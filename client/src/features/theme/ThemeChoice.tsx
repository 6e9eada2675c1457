import { Icon, type IconName } from '../../components/Icon';
import { messages } from '../../messages';
import { type Theme, themes } from './theme';
import styles from './ThemeChoice.module.css';

const icons: Record<Theme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' };

/** Three buttons of a form: the choice is kept in a cookie, so that the server draws the page right at once. */
export function ThemeChoice({ theme, back }: { theme: Theme; back: string }) {
  return (
    <form className={styles.choice} method="post" action="/theme" data-theme-choice="">
      <fieldset>
        <legend className="visually-hidden">{messages.theme.label}</legend>
        <input type="hidden" name="back" value={back} />
        {themes.map((each) => (
          <button
            key={each}
            type="submit"
            name="theme"
            value={each}
            aria-pressed={each === theme}
            title={messages.theme[each]}
          >
            <Icon name={icons[each]} />
            <span className="visually-hidden">{messages.theme[each]}</span>
          </button>
        ))}
      </fieldset>
    </form>
  );
}
