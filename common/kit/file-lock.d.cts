/** Thrown where another process (or another part of this one) holds a lock that excludes the one asked for. */
export class FileInUse extends Error {
  readonly code: 'FILE_IN_USE';
  readonly file: string;
}

/** How the name of a lock's file ends. */
export const lockSuffix: '.lock';

/**
 * Takes the lock of a database file, at once. Gives a function that lets go of it, which may be called twice: call it after
 * the database is closed.
 * @param use `alone`: nobody else works on the file; `shared`: others may, if they share it too.
 * Throws {@link FileInUse}, or what keeps the lock's file from being opened and written to.
 */
export function lockFile(file: string, use: 'alone' | 'shared'): () => void;
