import type { Span } from './matcher';

/** What the page makes a link of without a scheme, too: names under these, or under a country's two letters. */
const topDomains = new Set('biz com edu gov net org pro web xxx aero asia coop info museum name shop'.split(' '));

function isLink(token: string): boolean {
  if (/^(?:https?:|\/\/|www\.)./i.test(token) || token.includes('://')) return true;
  const host = token.split(/[/?#:]/, 1)[0] ?? '';
  const labels = host.replace(/^.*@/, '').split('.');
  while (labels.at(-1) === '') labels.pop();
  const last = labels.at(-1)?.toLowerCase() ?? '';
  if (labels.length < 2 || labels.includes('')) return false;
  return topDomains.has(last) || /^[a-z]{2}$/.test(last);
}

/** The links in a Markdown text, written out or not: `https://a.example`, `[here](//a.example)`, `a.com`, `me@a.com`. */
export function findLinks(text: string): Span[] {
  const spans: Span[] = [];
  for (const { 0: token, index } of text.matchAll(/[^\s<>()[\]{}"'`,;!*|]+/g)) {
    if (isLink(token)) spans.push({ start: index, end: index + token.length });
  }
  return spans;
}
