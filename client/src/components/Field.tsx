import type { InputHTMLAttributes, Ref, TextareaHTMLAttributes } from 'react';
import { Icon } from './Icon';
import * as icons from './icons';
import styles from './Field.module.css';

interface Common {
  id: string;
  label: string;
  /** Said in small after the label, such as "optional". */
  note?: string;
  /** What is wrong with the value. */
  fault?: string;
  hint?: string;
}

type InputProps = Common & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> };
type AreaProps = Common & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> };

function describedBy({ id, fault, hint }: Common): string | undefined {
  return [fault ? `${id}-fault` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ') || undefined;
}

function Label({ id, label, note }: Common) {
  return (
    <label className={styles.label} htmlFor={id}>
      {label}
      {note ? <span className={styles.note}> {note}</span> : null}
    </label>
  );
}

function Notes({ id, fault, hint }: Common) {
  return (
    <>
      {fault ? (
        <p className={styles.fault} id={`${id}-fault`}>
          <Icon of={icons.warning} /> {fault}
        </p>
      ) : null}
      {hint ? (
        <p className={styles.hint} id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </>
  );
}

export function TextField({ id, label, note, fault, hint, ...input }: InputProps) {
  const common = { id, label, note, fault, hint };
  return (
    <div className={styles.field}>
      <Label {...common} />
      <input
        id={id}
        className={styles.control}
        aria-invalid={fault ? true : undefined}
        aria-describedby={describedBy(common)}
        {...input}
      />
      <Notes {...common} />
    </div>
  );
}

export function TextArea({ id, label, note, fault, hint, ...area }: AreaProps) {
  const common = { id, label, note, fault, hint };
  return (
    <div className={styles.field}>
      <Label {...common} />
      <textarea
        id={id}
        className={styles.control}
        aria-invalid={fault ? true : undefined}
        aria-describedby={describedBy(common)}
        {...area}
      />
      <Notes {...common} />
    </div>
  );
}
