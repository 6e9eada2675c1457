import { messages } from './messages';

/** One fault in what was typed: the field (empty: the whole form) and what is wrong with it. */
export interface FieldFault {
  path: string;
  message: string;
}

/** Why a form was not accepted: the faults of its fields, and a sentence for the form as a whole. */
export interface Refusal {
  message: string;
  faults: FieldFault[];
}

export function faultOf(refusal: Refusal | undefined, path: string): string | undefined {
  return refusal?.faults.find((fault) => fault.path === path)?.message;
}

function isFault(value: unknown): value is FieldFault {
  if (typeof value !== 'object' || value === null) return false;
  const { path, message } = value as Partial<FieldFault>;
  return typeof path === 'string' && typeof message === 'string';
}

/** Reads an `application/problem+json` body, or whatever came in its place, as something that can be shown. */
export function readRefusal(status: number, body: unknown): Refusal {
  if (status === 429) return { message: messages.faults.tooMany, faults: [] };
  if (status >= 500) return { message: messages.faults.away, faults: [] };
  const { detail, errors } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const faults = Array.isArray(errors) ? errors.filter(isFault) : [];
  if (faults.length > 0) return { message: messages.faults.summary, faults };
  return { message: typeof detail === 'string' ? detail : messages.faults.unknown, faults: [] };
}
