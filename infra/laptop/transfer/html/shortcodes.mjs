/** Shortcodes are what WordPress and its plugins let people write in square brackets: [embed]https://…[/embed]. */
import { decodeHTML } from 'entities';

const ofCode =
  'code|sourcecode|source|cc|pre|highlight|crayon|bash|css|c|cpp|csharp|go|html|java|javascript|js|json|perl|php|powershell|python|ruby|rust|scala|shell|sql|swift|typescript|xml|yaml';
/** What holds others' text as it stands, or a shortcode of code with its end. */
const verbatim = new RegExp(
  `<(pre|code|script|style|textarea)\\b[^]*?</\\1\\s*>|(?<!\\[)\\[(${ofCode})((?:\\s[^\\]]*)?)\\]([^]*?)\\[/\\2\\]`,
  'gi',
);
const opening =
  /\[([a-z][\w-]*)((?:=[^\s\]]+|(?:\s+(?:[\w-]+=(?:"[^"]*"|'[^']*'|“[^”]*”|[^\s\]"']+)|"[^"]*"|https?:[^\s\]]+))*)\s*)\/?\]/gi;
/** Those that take no attributes. */
const withoutAttributes = new Set([
  'gallery',
  'playlist',
  'toc',
  'contact-form',
  'contact-form-7',
  'more',
  'embed',
  'caption',
  'audio',
  'video',
]);

function attributesOf(text) {
  const found = text.matchAll(/([\w-]+)=(?:"([^"]*)"|'([^']*)'|“([^”]*)”|([^\s"']+))/g);
  return Object.fromEntries(
    [...found].map(([, name, ...values]) => [name.toLowerCase(), values.find((value) => value !== undefined)]),
  );
}

const escapeTags = (text) => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function codeBlock(name, attributes, code) {
  const { lang, language } = attributesOf(attributes);
  const given = lang ?? language ?? (/^(?:code|sourcecode|source|cc|pre|highlight|crayon)$/i.test(name) ? '' : name);
  const type = /^[\w+#.-]+$/.test(given) ? ` class="language-${given.toLowerCase()}"` : '';
  return `\n\n<pre><code${type}>${escapeTags(code.replace(/^\r?\n|\r?\n$/g, ''))}</code></pre>\n\n`;
}

const isAddress = (text) => /^(?:https?:)?\/\/\S+$/.test(text);

/** The address of a medium: in `src`, in an attribute that is called after its format, or written behind the name. */
function mediaAddress(attributes, content) {
  const { src, url, id, ...others } = attributesOf(attributes);
  const plain = /(?:=|\s)(https?:[^\s\]"]+)/.exec(attributes)?.[1];
  return [content?.trim(), src, url, ...Object.values(others), plain, id]
    .map((text) => decodeHTML(text ?? ''))
    .find(isAddress);
}

const link = (address) => `\n\n<p><a data-medium href="${address.replaceAll('"', '%22')}"></a></p>\n\n`;
const media = [
  'audio',
  'video',
  'embed',
  'youtube',
  'vimeo',
  'wpvideo',
  'dailymotion',
  'soundcloud',
  'tweet',
  'twitter',
  'instagram',
  'gist',
  'flickr',
  'ted',
  'spotify',
  'wp_video',
  'iframe',
];

/** Images in it may hold links, and the caption any inline HTML. */
function figure(attributes, content) {
  const { caption } = attributesOf(attributes);
  const image = /^\s*(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*<\/a>)?/i.exec(content)?.[0] ?? '';
  const text = content.slice(image.length).trim() || caption || '';
  return `\n\n<figure>${image}<figcaption>${text}</figcaption></figure>\n\n`;
}

/** What a shortcode becomes; undefined where it means nothing here. */
function translated({ name, attributes, content }) {
  if (['caption', 'wp_caption'].includes(name) && content !== undefined) return figure(attributes, content);
  const address = media.includes(name) ? mediaAddress(attributes, content) : undefined;
  return address === undefined ? undefined : link(address);
}

/** All shortcodes of a text that holds no code. */
function translate(text, lose) {
  const lower = text.toLowerCase();
  const lastEnds = new Map();
  /** What stands between a shortcode and its end; undefined where it has none. */
  const contentAfter = (start, name) => {
    const end = `[/${name}]`;
    if (!lastEnds.has(name)) lastEnds.set(name, lower.lastIndexOf(end));
    if (lastEnds.get(name) < start) return undefined;
    const content = text.slice(start, lower.indexOf(end, start));
    return content.toLowerCase().includes(`[${name}`)
      ? undefined
      : { content, next: start + content.length + end.length };
  };
  let result = '';
  let last = 0;
  for (const { 0: whole, 1: given, 2: attributes, index } of text.matchAll(opening)) {
    if (index < last) continue;
    const name = given.toLowerCase();
    const found = contentAfter(index + whole.length, name);
    const next = found?.next ?? index + whole.length;
    if (text[index - 1] === '[' && text[next] === ']') {
      // Two brackets show a shortcode as it is written.
      result += text.slice(last, index - 1) + text.slice(index, next);
      last = next + 1;
      continue;
    }
    const html = translated({ name, attributes, content: found?.content });
    if (html !== undefined) {
      result += text.slice(last, index) + html;
      last = next;
    } else if (found !== undefined || attributes.includes('=') || withoutAttributes.has(name)) {
      lose(`shortcode [${name}]`);
    }
  }
  return result + text.slice(last);
}

/** HTML without the shortcodes that mean something here. `lose` is told of each other one, which is left as it stands. */
export function withoutShortcodes(html, lose) {
  if (!html.includes('[')) return html;
  let result = '';
  let last = 0;
  for (const match of html.matchAll(verbatim)) {
    const [whole, , name, attributes, code] = match;
    result += translate(html.slice(last, match.index), lose);
    result += name === undefined ? whole : codeBlock(name, attributes, code);
    last = match.index + whole.length;
  }
  return result + translate(html.slice(last), lose);
}
