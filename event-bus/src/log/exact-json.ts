import { endOfString } from '../json-text';

const [quote, minus, zero, nine] = [0x22, 0x2d, 0x30, 0x39];
const [comma, closeBracket, closeBrace] = [0x2c, 0x5d, 0x7d];

/** Beyond this, JavaScript could not add to an exponent without losing a digit. */
const largestExponent = 1e15;

/**
 * One form for all ways to write the same decimal number: 1.10, 1.1 and 11e-1 have the same, as have 0 and -0. A number
 * with an exponent of more than 15 digits has the form in which it is written. Takes time in proportion to the text.
 */
export function decimalForm(number: string): string {
  const isNegative = number.startsWith('-');
  const [mantissa = '', power = '0'] = number.slice(isNegative ? 1 : 0).split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  let [start, end] = [0, digits.length];
  while (digits.charCodeAt(start) === zero) start += 1;
  if (start === end) return '0';
  while (digits.charCodeAt(end - 1) === zero) end -= 1;
  const exponent = Number(power);
  if (Math.abs(exponent) >= largestExponent) return number;
  return `${isNegative ? '-' : ''}${digits.slice(start, end)}e${exponent - fraction.length + digits.length - end}`;
}

function endOfNumber(text: string, start: number): number {
  let end = start;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code <= 0x20 || code === comma || code === closeBracket || code === closeBrace) break;
  }
  return end;
}

/**
 * Parses JSON into values that are equal only where the JSON says the same to the last digit. They are made for comparing:
 * a number is a string `n…` of its decimal form, and a string, also the name of a member, is `s…`.
 * Throws what JSON.parse throws.
 */
export function parseExactly(text: string): unknown {
  let marked = '';
  let copied = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      marked += `${text.slice(copied, at)}"s`;
      copied = at + 1;
      at = endOfString(text, at);
    } else if (code === minus || (code >= zero && code <= nine)) {
      const end = endOfNumber(text, at);
      marked += `${text.slice(copied, at)}"n${decimalForm(text.slice(at, end))}"`;
      copied = at = end;
    } else at += 1;
  }
  return JSON.parse(marked + text.slice(copied));
}
