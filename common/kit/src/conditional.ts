import type { Request, Response } from 'express';
import { PreconditionFailed, PreconditionRequired } from './errors';

/** The ETag of an entity is its version: it changes with every change of the entity, and with nothing else. */
export function setVersion(res: Response, version: number): void {
  res.setHeader('ETag', `"${version}"`);
}

/**
 * Guards a change against one that somebody else made meanwhile: `If-Match` must name the version that is there, or be
 * `*`. Throws PreconditionRequired where it is missing, PreconditionFailed where another version is there.
 */
export function requireVersion(req: Request, version: number): void {
  const wanted = req.get('If-Match');
  if (wanted === undefined) {
    throw new PreconditionRequired(
      'Send If-Match with the ETag of what you changed, so that nothing of others is lost.',
    );
  }
  const tags = wanted.split(',').map((tag) => tag.trim());
  // A weak tag never matches here: RFC 9110 asks for a strong comparison.
  if (!tags.includes('*') && !tags.includes(`"${version}"`)) {
    throw new PreconditionFailed('It was changed meanwhile: load it again.');
  }
}
