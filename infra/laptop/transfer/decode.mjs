import iconv from 'iconv-lite';

const marks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];
const markedEncoding = (bytes) => marks.find((mark) => mark.bytes.every((byte, at) => bytes[at] === byte))?.encoding;

/**
 * Decodes piece by piece. A file may hold another encoding than it says. Undefined where a label names no encoding that we know.
 * What browsers know is decoded strictly; of the others a sign that is none shows as U+FFFD, and is a fault too.
 */
function decoderFor(label) {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    const decode = (bytes, isLast) => decoder.decode(bytes, { stream: !isLast });
    return { encoding: decoder.encoding, decode, again: () => decoderFor(label) };
  } catch {
    if (!iconv.encodingExists(label)) return undefined;
  }
  const decoder = iconv.getDecoder(label, { stripBOM: true });
  const decode = (bytes, isLast) => {
    const text = decoder.write(bytes) + (isLast ? (decoder.end() ?? '') : '');
    if (text.includes('\uFFFD')) throw new TypeError('a sign that is none');
    return text;
  };
  return { encoding: label.toLowerCase(), decode, again: () => decoderFor(label) };
}

const fits = (decoder, bytes) => {
  try {
    decoder.again().decode(bytes, true);
    return true;
  } catch {
    return false;
  }
};

/** The first line of the bytes, counted from 1, that is not in the encoding, and where it begins. */
function faultyLine(bytes, decoder) {
  let line = 1;
  let start = 0;
  for (; start <= bytes.length; line += 1) {
    const end = bytes.indexOf(10, start);
    if (!fits(decoder, bytes.subarray(start, end === -1 ? bytes.length : end))) break;
    if (end === -1) break;
    start = end + 1;
  }
  return { line, start };
}

/** Where in a line the first byte is that can't be read: the longest beginning that can is found by halves. */
function faultyByte(bytes, decoder) {
  const reads = (end) => {
    try {
      decoder.again().decode(bytes.subarray(0, end), false);
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (reads(middle)) good = middle;
    else bad = middle;
  }
  // The last of these bytes may be the beginning of a sign that never comes.
  while (good > 0 && !fits(decoder, bytes.subarray(0, good))) good -= 1;
  return good;
}

/** The error of bytes that can't be read, which begin with this line and this byte of their file. */
function faultIn(bytes, decoder, { line, byte }) {
  const isWide = decoder.encoding.startsWith('utf-16') || decoder.encoding.startsWith('utf-32');
  const found = isWide ? { line: 1, start: 0 } : faultyLine(bytes, decoder);
  const at = byte + found.start + faultyByte(bytes.subarray(found.start), decoder);
  return new Error(
    `line ${line + found.line - 1}: this is not ${decoder.encoding.toUpperCase()} (byte ${at + 1} of the file)`,
  );
}

const lineBreaks = (bytes) => {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
};

/**
 * Decodes the pieces of a file. The bytes since the last line break are kept, so that a fault is found even where a character is
 * cut in two by the end of a piece.
 */
function createDecoding(decoder) {
  let before = { line: 1, byte: 0 };
  let kept = Buffer.alloc(0);
  return (bytes, isLast = false) => {
    try {
      const text = decoder.decode(bytes, isLast);
      const lastBreak = bytes.lastIndexOf(10);
      if (lastBreak !== -1) {
        before = {
          line: before.line + lineBreaks(kept) + lineBreaks(bytes),
          byte: before.byte + kept.length + lastBreak + 1,
        };
      }
      const rest = lastBreak === -1 ? Buffer.concat([kept, bytes]) : Buffer.from(bytes.subarray(lastBreak + 1));
      kept = rest.length > 65_536 ? dropped(rest, before) : rest;
      return text;
    } catch (error) {
      throw Object.assign(faultIn(Buffer.concat([kept, bytes]), decoder, before), { cause: error });
    }
  };
}

/** Of a line that has no end only the last bytes are kept. */
function dropped(bytes, before) {
  before.byte += bytes.length - 16;
  return Buffer.from(bytes.subarray(-16));
}

/** The text of a file that must be UTF-8, or UTF-16 with its mark. Throws an Error that names the line and the byte at fault. */
export function decodeUtf8(bytes) {
  return createDecoding(decoderFor(markedEncoding(bytes) ?? 'utf-8'))(bytes, true);
}

/** The encoding that an XML declaration names, in lower case. */
function declaredEncoding(bytes) {
  const start = bytes.subarray(0, 1000).toString('latin1');
  return /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)["']/.exec(start.replace('\u00ef\u00bb\u00bf', ''))?.[1];
}

/** Whether bytes that say to be of another encoding are UTF-8: they hold more than ASCII, and all of it is. */
function createUtf8Watch() {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isAscii = true;
  let isUtf8 = true;
  return {
    add(bytes) {
      isAscii &&= bytes.every((byte) => byte < 0x80);
      try {
        if (isUtf8) decoder.decode(bytes, { stream: true });
      } catch {
        isUtf8 = false;
      }
    },
    isUtf8: () => {
      try {
        if (isUtf8) decoder.decode();
      } catch {
        isUtf8 = false;
      }
      return isUtf8 && !isAscii;
    },
  };
}

/** How the bytes of a file are read that begins with these. Throws where it says something that can not be. */
function decodingOf(first) {
  const marked = markedEncoding(first);
  if (marked?.startsWith('utf-16')) return { decode: createDecoding(decoderFor(marked)) };
  const declared = declaredEncoding(first) ?? 'utf-8';
  const decoder = decoderFor(declared);
  if (decoder === undefined) throw new Error(`line 1: nobody knows the encoding “${declared}”`);
  const isLie = () => new Error(`line 1: the file says that it is ${declared}, but it is UTF-8`);
  if (decoder.encoding.startsWith('utf-16') || (marked === 'utf-8' && decoder.encoding !== 'utf-8')) throw isLie();
  return {
    decode: createDecoding(decoder),
    watch: decoder.encoding === 'utf-8' ? undefined : createUtf8Watch(),
    isLie,
  };
}

const enoughForDeclaration = 1_000;

/**
 * The text of a document, piece by piece, in the encoding that it declares as XML does, else in UTF-8. Throws an Error that names
 * the line and the byte where the bytes are of another encoding than that: a text that is read wrong would be stored wrong.
 */
export async function* decodingStream(pieces) {
  let decoding;
  let first = Buffer.alloc(0);
  const begin = () => (decoding ??= decodingOf(first));
  for await (const bytes of pieces) {
    let given = bytes;
    if (decoding === undefined) {
      first = Buffer.concat([first, bytes]);
      if (first.length < enoughForDeclaration) continue;
      given = first;
    }
    const { decode, watch } = begin();
    watch?.add(given);
    yield decode(given);
  }
  const rest = decoding === undefined ? first : Buffer.alloc(0);
  const { decode, watch, isLie } = begin();
  watch?.add(rest);
  const last = decode(rest, true);
  if (watch?.isUtf8()) throw isLie();
  yield last;
}
