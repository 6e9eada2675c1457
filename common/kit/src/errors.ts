/** One fault in what a caller sent: where (`title`, `[2].data.postId`; empty for the whole) and what is wrong. */
export interface Fault {
  path: string;
  message: string;
}

/**
 * Errors named by what they mean. They know nothing of HTTP; `problem-json.ts` gives each its status in one place.
 * Their messages are shown to callers, so no message may hold SQL, a file's path or a secret.
 */
export abstract class MeaningfulError extends Error {
  constructor(
    message?: string,
    /** What exactly is at fault, where that can be told. */
    readonly faults: Fault[] = [],
  ) {
    super(message);
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** What was sent breaks the contract; sending it again unchanged will never help. */
export class InvalidInput extends MeaningfulError {
  constructor(faults: Fault[], message = 'The request is not valid.') {
    super(message, faults);
  }
}

/** The bytes were understood, but their content can't be accepted as a whole (nothing of it was stored). */
export class Unprocessable extends InvalidInput {}

/** Nobody knows who sent this: a signature or a token is missing or wrong. */
export class Unauthorized extends MeaningfulError {}

/** It is known who sent this, and they may not do it. */
export class Forbidden extends MeaningfulError {}

/** There is nothing under this name. */
export class NotFound extends MeaningfulError {}

/** Something else is stored under this name already. */
export class Conflict extends MeaningfulError {}

/** A change must say which version it changes. */
export class PreconditionRequired extends MeaningfulError {}

/** Another version is there than the change was made for. */
export class PreconditionFailed extends MeaningfulError {}

/** Asked too often; the same request may be sent again after `retryAfterSeconds`. */
export class TooManyRequests extends MeaningfulError {
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** The body's media type or charset is not one that this route takes. */
export class UnsupportedMedia extends MeaningfulError {}

/** The body, or a part of it, is larger than this route takes. */
export class TooLarge extends MeaningfulError {}

/** Not possible now; the same request may succeed after `retryAfterSeconds`. Nothing was stored. */
export class Unavailable extends MeaningfulError {
  constructor(
    message: string,
    readonly retryAfterSeconds = 1,
  ) {
    super(message);
  }
}

/** What is stored is damaged where this request needs it: others go on, and sending it again does not help. */
export class Damaged extends MeaningfulError {}
