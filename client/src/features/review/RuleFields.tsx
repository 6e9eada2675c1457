import { TextArea, TextField } from '../../components/Field';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { rules as words } from '../../studio/words';
import { actions, hasNumber, hasTerms, kinds, numberField, type RuleForm } from './rule-set';
import styles from './RulesForm.module.css';

interface ChoiceProps<T extends string> {
  id: string;
  label: string;
  value: T;
  options: readonly T[];
  texts: Record<T, string>;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ id, label, value, options, texts, onChange }: ChoiceProps<T>) {
  return (
    <div className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option === event.target.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {texts[option]}
          </option>
        ))}
      </select>
    </div>
  );
}

interface RuleFieldsProps {
  rule: RuleForm;
  faultOf: (field: string) => string | undefined;
  onChange: (rule: RuleForm) => void;
  onRemove: () => void;
  onMove: (by: -1 | 1) => void;
  isFirst: boolean;
  isLast: boolean;
}

type Part = Pick<RuleFieldsProps, 'rule' | 'faultOf'> & {
  id: (field: string) => string;
  set: (change: Partial<RuleForm>) => void;
};

/** What only some kinds of rules need. */
function Details({ rule, faultOf, id, set }: Part) {
  return (
    <>
      {hasTerms(rule.kind) ? (
        <TextArea
          {...{ id: id('terms'), label: words.terms[rule.kind], value: rule.terms, rows: 3 }}
          fault={faultOf(rule.kind)}
          onChange={(event) => set({ terms: event.target.value })}
        />
      ) : null}
      {rule.kind === 'words' ? (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={rule.caseSensitive}
            onChange={(event) => set({ caseSensitive: event.target.checked })}
          />
          {words.caseSensitive}
        </label>
      ) : null}
      {hasNumber(rule.kind) ? (
        <TextField
          {...{ id: id('number'), label: words.numbers[rule.kind], type: 'number', min: 0, value: rule.number }}
          fault={faultOf(numberField(rule.kind) ?? '')}
          onChange={(event) => set({ number: event.target.value })}
        />
      ) : null}
    </>
  );
}

interface PlaceProps extends Pick<RuleFieldsProps, 'isFirst' | 'isLast' | 'onMove' | 'onRemove'> {
  name: string;
}

function Place({ name, isFirst, isLast, onMove, onRemove }: PlaceProps) {
  const all: [string, string, boolean, () => void][] = [
    [icons.arrowUp, words.up(name), isFirst, () => onMove(-1)],
    [icons.arrowDown, words.down(name), isLast, () => onMove(1)],
    [icons.trash, words.remove(name), false, onRemove],
  ];
  return (
    <div className={styles.place}>
      {all.map(([icon, text, isOff, act]) => (
        <button key={text} className="button" data-quiet type="button" title={text} disabled={isOff} onClick={act}>
          <Icon of={icon} />
          <span className="visually-hidden">{text}</span>
        </button>
      ))}
    </div>
  );
}

/** One rule of the form. */
export function RuleFields({ rule, faultOf, onChange, ...place }: RuleFieldsProps) {
  const id = (field: string): string => `${rule.key}-${field}`;
  const set = (change: Partial<RuleForm>): void => onChange({ ...rule, ...change });
  const name = rule.name || words.unnamed;
  return (
    <fieldset className={styles.rule}>
      <legend className="visually-hidden">{name}</legend>
      <div className={styles.head}>
        <TextField
          {...{ id: id('name'), label: words.name, value: rule.name, fault: faultOf('name'), required: true }}
          onChange={(event) => set({ name: event.target.value })}
        />
        <Place {...place} name={name} />
      </div>
      <Choice
        {...{ id: id('kind'), label: words.kind, value: rule.kind, options: kinds, texts: words.kinds }}
        onChange={(kind) => set({ kind })}
      />
      <Choice
        {...{ id: id('action'), label: words.action, value: rule.action, options: actions, texts: words.actions }}
        onChange={(action) => set({ action })}
      />
      <Details {...{ rule, faultOf, id, set }} />
      {rule.action === 'reject' ? (
        <TextField
          {...{ id: id('reason'), label: words.reason, value: rule.reason, fault: faultOf('reason') }}
          onChange={(event) => set({ reason: event.target.value })}
        />
      ) : null}
    </fieldset>
  );
}
