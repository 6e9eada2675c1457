/** Something that is damaged, and what to do about it. */
export interface Finding {
  /** The name of the file. */
  file: string;
  /** The event, if it is one. */
  sequence?: number;
  what: string;
  todo: string;
}

export const rebuild =
  'stop the bus, and run npm run bus -- verify --mend: it puts the log together anew from its whole records';
/** The bus sees it whenever it starts. */
export const restart = 'start the bus again: it mends this by itself, and keeps the damaged file';
export const setAside =
  'restore a backup, or let each group that stops there pass over it: npm run bus -- skip <group> <sequence>';
