/** Parts of Markdown that other programs replace before they show it. */
const raw = /\{%-?\s*raw\s*-?%\}([^]*?)\{%-?\s*endraw\s*-?%\}/g;
const highlight = /\{%-?\s*highlight\s+([\w+#.-]+)[^%]*%\}\r?\n?([^]*?)\r?\n?\{%-?\s*endhighlight\s*-?%\}/g;
const hugoHighlight =
  /\{\{[<%]\s*highlight\s+"?([\w+#.-]+)"?[^>%]*[>%]\}\}\r?\n?([^]*?)\r?\n?\{\{[<%]\s*\/\s*highlight\s*[>%]\}\}/g;
const codes = /(^|\n)(`{3,}|~{3,})[^]*?\n\2|`[^`\n]+`/g;
const hugo = /\{\{[<%]\s*\/?\s*([\w./-]+)[^]*?[>%]\}\}/g;
const liquid = /\{%-?\s*(\w+)[^]*?%\}/g;
const html =
  /<(div|p|img|table|iframe|video|audio|a|span|figure|center|details|b|i|strong|em|script|style|font)\b[^<>]*>/gi;

function fence(language, code) {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((row) => row.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}${language}\n${code}\n${marks}`;
}

/** A Markdown text without the templates that mean code, and what of the rest is shown as text here, by its kind. */
export function fromTemplates(body) {
  const text = body
    .replace(raw, (_, inner) => inner)
    .replace(highlight, (_, language, code) => fence(language, code))
    .replace(hugoHighlight, (_, language, code) => fence(language, code));
  const prose = text.replace(codes, '');
  const lost = [
    ...Array.from(prose.matchAll(hugo), ([, name]) => `shortcode {{< ${name} >}}, shown as text`),
    ...Array.from(prose.matchAll(liquid), ([, name]) => `template {% ${name} %}, shown as text`),
    ...(html.test(prose) ? ['HTML in Markdown, shown as text'] : []),
  ];
  html.lastIndex = 0;
  return { text, lost: [...new Set(lost)] };
}
