import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { messages } from '../../messages';
import { type Theme, themes } from './theme';
import styles from './ThemeChoice.module.css';

const themeIcons: Record<Theme, string> = { auto: icons.auto, light: icons.sun, dark: icons.moon };

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
            <Icon of={themeIcons[each]} />
            <span className="visually-hidden">{messages.theme[each]}</span>
          </button>
        ))}
      </fieldset>
    </form>
  );
}
