import { isUtf8 } from 'node:buffer';

const marks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];
const markedEncoding = (bytes) => marks.find((mark) => mark.bytes.every((byte, at) => bytes[at] === byte))?.encoding;

/** A file may hold another encoding than it says. Undefined where a label names no encoding that we know. */
function decoderFor(label) {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return undefined;
  }
}

const fits = (decoder, bytes) => {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** The first line, counted from 1, that is not in the encoding. For encodings in which the byte 10 is a line break. */
function faultyLine(bytes, decoder) {
  let line = 1;
  for (let start = 0; start <= bytes.length; line += 1) {
    const end = bytes.indexOf(10, start);
    const rest = end === -1;
    if (!fits(decoder, bytes.subarray(start, rest ? bytes.length : end))) return line;
    if (rest) break;
    start = end + 1;
  }
  return line;
}

function decode(bytes, decoder) {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    const line = decoder.encoding.startsWith('utf-16') ? 1 : faultyLine(bytes, decoder);
    throw new Error(`line ${line}: this is not ${decoder.encoding.toUpperCase()}`, { cause: error });
  }
}

/** The text of a file that must be UTF-8, without a byte order mark. Throws an Error that names the line at fault. */
export function decodeUtf8(bytes) {
  return decode(bytes, new TextDecoder('utf-8', { fatal: true }));
}

/** The encoding that an XML declaration names, in lower case. */
function declaredEncoding(bytes) {
  const start = bytes.subarray(0, 1000).toString('latin1');
  return /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)["']/.exec(start.replace('\u00ef\u00bb\u00bf', ''))?.[1];
}

/**
 * The text of an XML document, in the encoding that it declares. Throws an Error that names the line where the bytes are of
 * another encoding than that: a text that is read wrong would be stored wrong.
 */
export function decodeXml(bytes) {
  const marked = markedEncoding(bytes);
  if (marked?.startsWith('utf-16')) return decode(bytes, decoderFor(marked));
  const declared = declaredEncoding(bytes) ?? 'utf-8';
  const decoder = decoderFor(declared);
  if (decoder === undefined) throw new Error(`line 1: nobody knows the encoding “${declared}”`);
  const isAscii = bytes.every((byte) => byte < 0x80);
  const isOther = decoder.encoding.startsWith('utf-16') || marked === 'utf-8' || (!isAscii && isUtf8(bytes));
  if (decoder.encoding !== 'utf-8' && isOther) {
    throw new Error(`line 1: the file says that it is ${declared}, but it is UTF-8`);
  }
  return decode(bytes, decoder);
}
