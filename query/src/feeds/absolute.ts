/** Attributes of sanitised HTML that hold an address; the sanitiser writes each in double quotes. */
const addresses = /(<[a-z][^<>]*? (?:href|src)=")([^"]*)(")/g;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot);/g, (_whole, name: string) => entities[name] ?? '');
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Sanitised HTML of the page `base` with whole addresses: a reader of feeds knows no page to which others are relative. */
export function withAbsoluteAddresses(html: string, base: string): string {
  return html.replace(addresses, (whole, before: string, address: string, after: string) => {
    const given = plain(address);
    return URL.canParse(given, base) ? before + escaped(new URL(given, base).href) + after : whole;
  });
}
