import { formatNumber } from './numbers';

/** Everything that the pages say, English first. Each part stands by itself, so that a page loads the words it says only. */
export const locale = 'en';

export const site = {
  name: 'The Microservices Blog',
  tagline: 'Small services, written down.',
  skip: 'Skip to content',
  footer: 'Made of small services that share nothing but events.',
} as const;

export const theme = { label: 'Colours', auto: 'Auto', light: 'Light', dark: 'Dark' } as const;

export const front = {
  heading: 'Latest posts',
  olderHeading: 'Older posts',
  older: 'Older posts',
  newest: 'Back to the newest',
  empty: 'Nothing has been written yet.',
  emptyNext: 'The first post could be yours: open “Write a post” above.',
  away: 'The list of posts is away for a moment.',
  awayNext: 'Nothing is lost. It comes back by itself; try again in a few seconds.',
  tryAgain: 'Try again',
  noComments: 'No comments yet',
  comments: (count: number) => (count === 1 ? '1 comment' : `${formatNumber(count)} comments`),
  newPosts: (count: number) => (count === 1 ? '1 new post' : `${formatNumber(count)} new posts`),
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

export const post = {
  back: 'All posts',
  published: 'Published',
  tags: 'Tags',
  young: 'Just published. It appears on the front page in a moment.',
} as const;

export const comments = {
  heading: (count: number) =>
    count === 0 ? 'Comments' : `${formatNumber(count)} ${count === 1 ? 'comment' : 'comments'}`,
  empty: 'No comments yet. Say the first word.',
  anonymous: 'Anonymous',
  you: 'You',
  permalink: (author: string) => `Link to this comment by ${author}`,
  more: (count: number) => (count === 1 ? '1 new comment' : `${formatNumber(count)} new comments`),
  earlier: 'Earlier comments',
  newest: 'Newest comments',
  reconnecting: 'Reconnecting…',
  states: {
    sending: 'Sending…',
    pending: 'Awaiting moderation, only you can see this',
    approved: 'Approved',
    rejected: 'Not published, only you can see this',
    failed: 'Not sent',
  },
  reason: (reason: string) => `Reason: ${reason}`,
  retry: 'Retry',
  edit: 'Edit',
  announceApproved: 'Your comment was approved.',
  announceRejected: 'Your comment was not published.',
  announcePending: 'Your comment is awaiting moderation.',
  announceFailed: 'Your comment could not be sent. It is kept here.',
} as const;

export const composer = {
  heading: 'Join in',
  author: 'Name',
  optional: 'optional',
  content: 'Comment',
  hint: 'Ctrl+Enter sends. A comment appears for others once it is approved.',
  submit: 'Send comment',
} as const;

export const signIn = {
  title: 'Sign in',
  name: 'Name',
  password: 'Password',
  submit: 'Sign in',
  out: 'Sign out',
  signedInAs: (name: string) => `Signed in as ${name}`,
  link: 'This link signs you in, once.',
  hint: 'For those who write and moderate here. Readers need no account.',
  faults: {
    password: 'Name and password don’t belong together.',
    link: 'This link was used before, or is too old.',
  },
} as const;

export const nav = { label: 'For you', write: 'Write', review: 'Review', system: 'System' } as const;

export const faults = {
  offline: 'You are offline.',
  away: 'The service is away for a moment.',
  tooMany: 'That was a lot at once. Wait a little and try again.',
  unknown: 'That did not work.',
  empty: 'Write something first.',
  summary: 'Please look at the marked fields.',
} as const;

export const errors = {
  404: { title: 'There is nothing here', text: 'The page may have moved, or the address has a typo.' },
  400: { title: 'That request made no sense', text: 'Something in it could not be read.' },
  401: { title: 'Sign in first', text: 'This page is for those who write or moderate here.' },
  403: { title: 'Not for you', text: 'This needs another role, or was sent from another site. Nothing was done.' },
  405: { title: 'Not in this way', text: 'The address exists, but does not take this kind of request.' },
  413: { title: 'That is too much', text: 'What was sent is larger than this page takes.' },
  429: { title: 'That was a lot at once', text: 'Wait a little and try again.' },
  500: { title: 'Something broke', text: 'It is our fault, and it has been written down.' },
  502: {
    title: 'A part of the blog stumbled',
    text: 'It may or may not have done what you asked. Look before trying again.',
  },
  503: { title: 'Back in a moment', text: 'A part of the blog is away. Nothing is lost; it comes back by itself.' },
  requestId: 'Request',
  home: 'Go to the front page',
  retry: 'Try again',
} as const;
