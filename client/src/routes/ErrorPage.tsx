import { messages } from '../messages';
import styles from './ErrorPage.module.css';

function textsOf(status: number): { title: string; text: string } {
  const texts: Partial<Record<number, { title: string; text: string }>> = messages.errors;
  return texts[status] ?? messages.errors[status < 500 ? 400 : 500];
}

export interface ErrorPageProps {
  status: number;
  /** Also in the log, so that whoever runs the blog can find what happened. */
  requestId: string;
  /** What to say in place of what is said of all of this status. */
  text?: string;
  /** Where to try again, if that may help. */
  retry?: string;
}

/** The title of an error's page. Statuses without words of their own speak like their family's first. */
export function errorTitle(status: number): string {
  return textsOf(status).title;
}

export function ErrorPage({ status, requestId, text, retry }: ErrorPageProps) {
  const texts = textsOf(status);
  return (
    <div className={styles.error}>
      <p className={styles.status}>{status}</p>
      <h1>{texts.title}</h1>
      <p>{text ?? texts.text}</p>
      <p className={styles.ways}>
        {retry ? (
          <a className="button" data-primary href={retry}>
            {messages.errors.retry}
          </a>
        ) : null}
        <a className="button" href="/">
          {messages.errors.home}
        </a>
      </p>
      <p className={styles.request}>
        {messages.errors.requestId} <code>{requestId}</code>
      </p>
    </div>
  );
}
