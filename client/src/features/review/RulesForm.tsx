import { type FormEvent, useState } from 'react';
import { TextField } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { type Refusal, faultOf } from '../../faults';
import { refusalOf, RequestFailed } from '../../studio/request';
import { review, rules as words } from '../../studio/words';
import { isSameSet, newRule, type RuleForm, type RuleSetForm, saveRules, type Tried, tryRules } from './rule-set';
import { RuleFields } from './RuleFields';
import styles from './RulesForm.module.css';

type Outcome =
  { kind: 'saved' } | { kind: 'changed' } | { kind: 'refused'; refusal: Refusal } | { kind: 'tried'; changes: Tried[] };

function outcomeOf(error: unknown): Outcome {
  if (error instanceof RequestFailed && error.status === 412) return { kind: 'changed' };
  return { kind: 'refused', refusal: refusalOf(error) };
}

function useRules(loaded: { form: RuleSetForm; etag: string }) {
  const [form, setForm] = useState(loaded.form);
  const [saved, setSaved] = useState(loaded.form);
  const [etag, setEtag] = useState(loaded.etag);
  const [outcome, setOutcome] = useState<Outcome>();
  const [isBusy, setBusy] = useState(false);

  async function attempt(work: () => Promise<Outcome>): Promise<void> {
    setBusy(true);
    setOutcome(await work().catch(outcomeOf));
    setBusy(false);
  }
  const change = (rules: RuleForm[]): void => setForm({ ...form, rules });
  return {
    ...{ form, outcome, isBusy, setForm },
    isChanged: !isSameSet(form, saved),
    add: () => change([...form.rules, newRule()]),
    replace: (index: number, rule: RuleForm) => change(form.rules.with(index, rule)),
    remove: (index: number) => change(form.rules.toSpliced(index, 1)),
    move(index: number, by: -1 | 1) {
      const rule = form.rules[index];
      if (rule) change(form.rules.toSpliced(index, 1).toSpliced(index + by, 0, rule));
    },
    save: () =>
      attempt(async () => {
        setEtag(await saveRules(form, etag));
        setSaved(form);
        return { kind: 'saved' };
      }),
    tryOut: () => attempt(async () => ({ kind: 'tried', changes: await tryRules(form) })),
  };
}

function Outcomes({ outcome, onReload }: { outcome: Outcome | undefined; onReload: () => void }) {
  switch (outcome?.kind) {
    case undefined:
      return null;
    case 'saved':
      return <p role="status">{words.saved}</p>;
    case 'changed':
      return (
        <Notice title={words.changed}>
          <button className="button" type="button" onClick={onReload}>
            {words.reload}
          </button>
        </Notice>
      );
    case 'refused':
      return (
        <Notice title={outcome.refusal.message}>
          {outcome.refusal.faults
            .filter(({ path }) => !path.startsWith('rules['))
            .map(({ path, message }) => (
              <p key={path}>
                {path} {message}
              </p>
            ))}
        </Notice>
      );
    case 'tried':
      return (
        <section className={styles.tried} role="status">
          <p>{words.wouldChange(outcome.changes.length)}</p>
          <ul className={styles.changes}>
            {outcome.changes.map(({ id, author, content, status, becomes, by }) => (
              <li key={id}>
                <strong>{author || review.anonymous}</strong> {content.slice(0, 120)}
                <span>
                  {review.tabs[status]} → <strong>{review.tabs[becomes]}</strong> {review.by(by)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      );
  }
}

export function RulesForm({ loaded, onReload }: { loaded: { form: RuleSetForm; etag: string }; onReload: () => void }) {
  const { form, outcome, isBusy, isChanged, setForm, ...edit } = useRules(loaded);
  const refusal = outcome?.kind === 'refused' ? outcome.refusal : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void edit.save();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.intro}>{words.intro}</p>
      <ol className={styles.rules}>
        {form.rules.map((rule, index) => (
          <li key={rule.key}>
            <RuleFields
              rule={rule}
              faultOf={(field) => faultOf(refusal, `rules[${index}].${field}`)}
              onChange={(changed) => edit.replace(index, changed)}
              onRemove={() => edit.remove(index)}
              onMove={(by) => edit.move(index, by)}
              isFirst={index === 0}
              isLast={index === form.rules.length - 1}
            />
          </li>
        ))}
      </ol>
      <button className="button" type="button" onClick={edit.add}>
        {words.add}
      </button>
      <TextField
        {...{ id: 'trust', label: words.trust, type: 'number', min: 1, max: 1000, value: form.trustAfter }}
        hint={words.trustHint}
        fault={faultOf(refusal, 'trustAfter')}
        onChange={(event) => setForm({ ...form, trustAfter: event.target.value })}
      />
      <div className={styles.actions}>
        <button className="button" data-primary type="submit" disabled={isBusy}>
          {words.save}
        </button>
        <button className="button" type="button" disabled={isBusy} onClick={() => void edit.tryOut()}>
          {words.tryOut}
        </button>
      </div>
      {isChanged && outcome?.kind !== 'tried' ? <p className={styles.intro}>{words.unsaved}</p> : null}
      {isChanged && outcome?.kind === 'saved' ? null : <Outcomes outcome={outcome} onReload={onReload} />}
    </form>
  );
}
