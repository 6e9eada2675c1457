import { isUtf8 } from 'node:buffer';
import { InvalidInput, UnsupportedMedia } from '@blog/kit';
import express, { type Request, type RequestHandler } from 'express';

/** The fields of a form. A browser sends line ends as CR LF; here they are LF, as in JSON from the same field. */
export type FormFields = ReadonlyMap<string, string>;

const formType = 'application/x-www-form-urlencoded';

/** Reads the raw bytes of a form of at most 2 MB (200,000 characters, percent-encoded); {@link formFields} parses them. */
export const formBody: RequestHandler = express.raw({ type: formType, limit: '2mb' });

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' ')).replaceAll('\r\n', '\n');
}

/** The fields of a form that was sent; throws `InvalidInput` where they aren't UTF-8 (nothing is replaced in silence). */
export function formFields(req: Request): FormFields {
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes)) {
    if (req.get('Content-Type') === undefined) return new Map();
    throw new UnsupportedMedia(`Send the form as ${formType}.`);
  }
  try {
    if (!isUtf8(bytes)) throw new URIError();
    return new Map(
      bytes
        .toString('utf8')
        .split('&')
        .map((pair) => {
          const [name = '', value = ''] = pair.split(/=(.*)/s);
          return [decode(name), decode(value)];
        }),
    );
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new InvalidInput([{ path: '', message: 'is not valid UTF-8' }]);
  }
}
