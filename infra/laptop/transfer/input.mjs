/** A file as it is read: piece by piece, so that it may be larger than memory. */
import { createReadStream, openSync, readSync, closeSync, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { decodingStream } from './decode.mjs';

const isGzip = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;
/** Archives hold several files: which one is meant is not known here. */
const archives = [
  { name: 'a ZIP archive', isOne: (bytes) => bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004')) },
  { name: 'a TAR archive', isOne: (bytes) => bytes.subarray(257, 262).toString('latin1') === 'ustar' },
  {
    name: 'packed with xz',
    isOne: (bytes) => bytes.subarray(0, 6).equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])),
  },
  { name: 'packed with bzip2', isOne: (bytes) => bytes.subarray(0, 3).toString('latin1') === 'BZh' },
  { name: 'a 7z archive', isOne: (bytes) => bytes.subarray(0, 4).equals(Buffer.from([0x37, 0x7a, 0xbc, 0xaf])) },
];

function refuseArchive(path, bytes) {
  const archive = archives.find(({ isOne }) => isOne(bytes));
  if (archive) throw new Error(`${path} is ${archive.name}: unpack it, and import what is in it.`);
}

function firstBytes(path) {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(512);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file, unpacked if it is gzip. Throws where that is cut or broken. */
async function* bytesOf(path, onRead) {
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 });
  stream.on('data', (bytes) => onRead(bytes.length));
  if (!isGzip(firstBytes(path))) return yield* stream;
  const unpacked = createGunzip();
  stream.on('error', (error) => unpacked.destroy(error));
  try {
    yield* stream.pipe(unpacked);
  } catch (error) {
    throw new Error(`line 1: the file is gzip, and it is cut or broken: ${error.message}`, { cause: error });
  }
}

/** The larger of the files whose faults are looked for in a second way. */
const mostForWhole = 32 * 1024 * 1024;

/**
 * A file to be read as text: `texts()` gives its pieces, in the encoding that it declares; `whole()` all of it, or undefined
 * where that is too large. `onRead` is told of bytes of the file that were read.
 */
export function openInput(path, { onRead = () => {} } = {}) {
  refuseArchive(path, firstBytes(path));
  const texts = () => decodingStream(bytesOf(path, onRead));
  return {
    path,
    size: statSync(path).size,
    texts,
    bytes: () => bytesOf(path, onRead),
    async whole() {
      if (statSync(path).size > mostForWhole) return undefined;
      const pieces = [];
      for await (const text of decodingStream(bytesOf(path, () => {}))) pieces.push(text);
      return pieces.join('');
    },
  };
}

/** A text as such a file. */
export const textInput = (text) => ({ path: 'text', size: text.length, texts: () => [text], whole: () => text });
