import { formatNumber } from '../numbers';

export const front = {
  heading: 'Latest posts',
  olderHeading: 'Older posts',
  older: 'Older posts',
  newest: 'Back to the newest',
  empty: 'Nothing has been written yet.',
  emptyNext: 'The first post could be yours: open “Write a post” above.',
  emptyForReaders: 'Come back soon, or follow the feed to hear of the first post.',
  noOlder: 'There are no older posts.',
  away: 'The list of posts is away for a moment.',
  awayNext: 'Nothing is lost. It comes back by itself; try again in a few seconds.',
  tryAgain: 'Try again',
  noComments: 'No comments yet',
  comments: (count: number) => (count === 1 ? '1 comment' : `${formatNumber(count)} comments`),
  newPosts: (count: number) => (count === 1 ? '1 new post' : `${formatNumber(count)} new posts`),
} as const;

export const search = {
  label: 'Search posts',
  labelIn: (tag: string) => `Search posts tagged ${tag}`,
  submit: 'Search',
  found: (q: string) => `Posts with “${q}”`,
  foundIn: (q: string, tag: string) => `Posts tagged ${tag} with “${q}”`,
  tagged: (tag: string) => `Posts tagged ${tag}`,
  count: (count: number) => (count === 1 ? '1 post' : `${formatNumber(count)} posts`),
  none: (q: string) => `No post has “${q}” in it.`,
  noneNext: 'Look at the spelling, or try fewer words.',
  noneTagged: (tag: string) => `No post is tagged “${tag}”.`,
  noneTaggedNext: 'The tag may have been changed, or its last post deleted.',
  all: 'All posts',
  more: 'More posts',
  first: 'Back to the first',
} as const;

export const write = {
  summary: 'Write a post',
  title: 'Title',
  body: 'Text',
  bodyHint: 'Markdown. Ctrl+Enter publishes.',
  submit: 'Publish',
  sending: 'Publishing…',
  kept: 'What you typed is kept on this device until it is published.',
  failed: 'Not published.',
} as const;
