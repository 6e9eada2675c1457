import { useEffect, useState } from 'react';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { messages } from '../../messages';
import { write } from '../../studio/words';
import { formatRelative } from '../../time';
import type { Editor } from './use-editor';
import styles from './WritePage.module.css';

const tickMs = 5_000;
const minute = 60_000;
const seconds = new Intl.RelativeTimeFormat(messages.locale, { numeric: 'auto', style: 'short' });

function ageOf(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < minute) return seconds.format(-Math.floor(age / 1000), 'second');
  return formatRelative(new Date(at).toISOString(), now) ?? '';
}

function standingOf({ savedAt, isBusy, isChanged, stored }: Editor): [string, string] {
  if (isBusy) return [icons.sending, write.saving];
  if (savedAt !== undefined) return [icons.device, write.savedLocally];
  if (isChanged) return [icons.pen, write.changed];
  return stored ? [icons.check, write.saved] : [icons.pen, write.keysHint];
}

/** How safe what is typed is. Its age keeps up, without being said again each time. */
export function Safety({ editor }: { editor: Editor }) {
  const { savedAt } = editor;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(ticking);
  }, []);
  const [icon, text] = standingOf(editor);
  return (
    <p className={styles.safety}>
      <Icon of={icon} />
      <span role="status">{text}</span>
      {savedAt === undefined || editor.isBusy ? null : <span>{ageOf(savedAt, Math.max(now, savedAt))}</span>}
    </p>
  );
}
