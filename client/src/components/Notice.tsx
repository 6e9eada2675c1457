import type { ReactNode } from 'react';
import { Icon } from './Icon';
import * as icons from './icons';
import styles from './Notice.module.css';

/** Something went wrong, said where it happened. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.notice} role="alert">
      <Icon of={icons.warning} />
      <div>
        <p className={styles.title}>{title}</p>
        {children}
      </div>
    </div>
  );
}
