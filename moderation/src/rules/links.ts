import type { Span } from './matcher';

/** What the page makes a link of without a scheme, too: names under these, or under a country's two letters. */
const topDomains = new Set('biz com edu gov net org pro web xxx aero asia coop info museum name shop'.split(' '));

/**
 * What readers take for an address in a name, where no page makes links. Only those that such names are known to have: people
 * are called `mary.jane` too.
 */
const topDomainsInNames = new Set([
  ...topDomains,
  ...`app bar bet bid bingo bio blog bond buzz cash casino cheap click cloud club credit dating deals dev digital direct discount
    email example exchange finance fun games gay guru help icu invalid life link live loan lol lotto ltd market men mom money
    network news ninja one onion online party pics play poker porn press promo quest review sale sex sexy shopping site skin
    space store stream study tech test today top tube vip webcam website wiki win work world xin xyz zone`.split(/\s+/),
]);

function isLink(token: string, domains: ReadonlySet<string>): boolean {
  if (/^(?:https?:|\/\/|www\.)./i.test(token) || token.includes('://')) return true;
  const host = token.split(/[/?#:]/, 1)[0] ?? '';
  const labels = host.replace(/^.*@/, '').split('.');
  while (labels.at(-1) === '') labels.pop();
  const last = labels.at(-1)?.toLowerCase() ?? '';
  if (labels.length < 2 || labels.includes('')) return false;
  return domains.has(last) || /^[a-z]{2}$/.test(last);
}

/** The links in a Markdown text, written out or not: `https://a.example`, `[here](//a.example)`, `a.com`, `me@a.com`. */
export function findLinks(text: string): Span[] {
  return linksIn(text, topDomains);
}

/** How many addresses a name says. */
export function countLinksInName(name: string): number {
  return linksIn(name, topDomainsInNames).length;
}

function linksIn(text: string, domains: ReadonlySet<string>): Span[] {
  const spans: Span[] = [];
  for (const { 0: token, index } of text.matchAll(/[^\s<>()[\]{}"'`,;!*|]+/g)) {
    if (isLink(token, domains)) spans.push({ start: index, end: index + token.length });
  }
  return spans;
}
