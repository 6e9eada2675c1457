import { request } from '../../studio/request';
import type { QueueStatus } from './queue';

export const kinds = [
  'words',
  'phrases',
  'links',
  'first-time-author',
  'repeated-text',
  'post-age',
  'length',
  'all',
] as const;
export type Kind = (typeof kinds)[number];
export const actions = ['reject', 'hold', 'flag'] as const;
export type Action = (typeof actions)[number];

/** A rule as a form holds it: every field that any kind has, as text. */
export interface RuleForm {
  /** Tells the rules of one form apart, also while they have no name. */
  key: string;
  name: string;
  kind: Kind;
  action: Action;
  reason: string;
  /** One to a line. */
  terms: string;
  caseSensitive: boolean;
  number: string;
}

export interface RuleSetForm {
  /** Empty: nobody. */
  trustAfter: string;
  rules: RuleForm[];
}

type SentRule = Record<string, unknown> & { name: string; kind: Kind; action: Action; reason: string };
export interface SentRuleSet {
  trustAfter: number | null;
  rules: SentRule[];
}

type NumberKind = 'links' | 'length' | 'repeated-text' | 'post-age';
type TermsKind = 'words' | 'phrases';

/** The field in which a kind keeps its number. */
const numberFields: Record<NumberKind, string> = {
  links: 'most',
  length: 'most',
  'repeated-text': 'hours',
  'post-age': 'days',
};

export const hasTerms = (kind: Kind): kind is TermsKind => kind === 'words' || kind === 'phrases';
export const hasNumber = (kind: Kind): kind is NumberKind => Object.hasOwn(numberFields, kind);
/** The field of a kind's number, as the service names it. */
export const numberField = (kind: Kind): string | undefined => (hasNumber(kind) ? numberFields[kind] : undefined);

let made = 0;
export function newRule(): RuleForm {
  made += 1;
  const texts = { name: '', reason: '', terms: '', number: '' };
  return { key: `rule-${made}`, kind: 'words', action: 'hold', caseSensitive: false, ...texts };
}

export function toForm({ trustAfter, rules }: SentRuleSet): RuleSetForm {
  return {
    trustAfter: trustAfter === null ? '' : String(trustAfter),
    rules: rules.map((rule) => {
      const terms = rule.kind === 'words' ? rule['words'] : rule['phrases'];
      const number = rule[numberField(rule.kind) ?? ''];
      return {
        ...newRule(),
        ...{ name: rule.name, kind: rule.kind, action: rule.action, reason: rule.reason },
        terms: Array.isArray(terms) ? terms.join('\n') : '',
        caseSensitive: rule['caseSensitive'] === true,
        number: typeof number === 'number' ? String(number) : '',
      };
    }),
  };
}

/** What the service takes. A number that is none is sent as it is: the service names the field. */
export function toSent({ trustAfter, rules }: RuleSetForm): SentRuleSet {
  const numberOf = (text: string): unknown => (text.trim() === '' ? undefined : Number(text));
  return {
    trustAfter: trustAfter.trim() === '' ? null : Number(trustAfter),
    rules: rules.map(({ name, kind, action, reason, terms, caseSensitive, number }) => {
      const lines = terms.split('\n').map((line) => line.trim());
      const listed = lines.filter((line) => line !== '');
      const field = numberField(kind);
      return {
        ...{ name, kind, action, reason },
        ...(kind === 'words' ? { words: listed, caseSensitive } : {}),
        ...(kind === 'phrases' ? { phrases: listed } : {}),
        ...(field === undefined ? {} : { [field]: numberOf(number) }),
      };
    }),
  };
}

/** Whether two forms say the same, as far as it would be sent. */
export function isSameSet(a: RuleSetForm, b: RuleSetForm): boolean {
  return JSON.stringify(toSent(a)) === JSON.stringify(toSent(b));
}

export interface Tried {
  id: string;
  author: string;
  content: string;
  status: QueueStatus;
  becomes: QueueStatus;
  by: string;
}

const api = '/api/moderation/rules';

export async function loadRules(): Promise<{ form: RuleSetForm; etag: string }> {
  const { body, etag } = await request<SentRuleSet>(api);
  return { form: toForm(body), etag: etag ?? '*' };
}

export async function saveRules(form: RuleSetForm, etag: string): Promise<string> {
  const answer = await request<unknown>(api, { method: 'PUT', json: toSent(form), headers: { 'If-Match': etag } });
  return answer.etag ?? '*';
}

/** What these rules would make of the newest comments: those that would become something else. */
export async function tryRules(form: RuleSetForm): Promise<Tried[]> {
  const { body } = await request<{ items: Tried[] }>(`${api}/try`, { method: 'POST', json: toSent(form) });
  return body.items.filter(({ status, becomes }) => status !== becomes);
}
