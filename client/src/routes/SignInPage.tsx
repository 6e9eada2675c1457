import { TextField } from '../components/Field';
import { Notice } from '../components/Notice';
import { messages } from '../messages';
import styles from './SignInPage.module.css';

/** What didn't count. Never which of name and password it was. */
export type SignInFault = 'password' | 'link';

export interface SignInPageProps {
  /** Where to go then. */
  back: string;
  /** As it was typed. */
  name: string;
  /** The code of a one-time link, or empty. */
  code: string;
  fault: SignInFault | undefined;
}

const texts = messages.signIn;

export function SignInPage({ back, name, code, fault }: SignInPageProps) {
  return (
    <div className={styles.page}>
      <h1>{texts.title}</h1>
      {fault ? <Notice title={texts.faults[fault]} /> : null}
      <form className={styles.form} method="post" action="/sign-in">
        <input type="hidden" name="back" value={back} />
        {code === '' ? (
          <>
            <TextField
              {...{ id: 'sign-in-name', name: 'name', label: texts.name, defaultValue: name, required: true }}
              {...{ autoComplete: 'username', maxLength: 40, autoCapitalize: 'none', spellCheck: false }}
            />
            <TextField
              {...{ id: 'sign-in-password', name: 'password', label: texts.password, type: 'password' }}
              {...{ autoComplete: 'current-password', required: true }}
            />
          </>
        ) : (
          <>
            <input type="hidden" name="code" value={code} />
            <p>{texts.link}</p>
          </>
        )}
        <button className="button" data-primary type="submit">
          {texts.submit}
        </button>
      </form>
      <p className={styles.hint}>{texts.hint}</p>
    </div>
  );
}
