const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** What no XML document may hold, not even escaped; a text without them says the same to a reader. */
const notInXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Any text as the content of an element or an attribute. */
export function xmlText(text: string): string {
  return (
    text
      .replace(notInXml, '')
      .replace(/[&<>"']/g, (character) => escapes[character] ?? '')
      // A parser would make a plain line feed of it.
      .replaceAll('\r', '&#13;')
  );
}
