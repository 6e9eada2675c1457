/** What is said of a page while newer data can't be had. In a file of its own: only the server draws it. */
export const stale = {
  title: 'A part of the blog is away for a moment.',
  updated: 'Last update:',
  next: 'Newer posts and comments appear as soon as it is back.',
} as const;
