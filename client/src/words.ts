/**
 * Everything that the pages say, English first. Each part stands by itself, and what only some pages say in a file of its
 * own, so that a page loads no words but its own.
 */
export * from './words/comments';
export * from './words/front';

export const locale = 'en';

export const site = {
  tagline: 'Small services, written down.',
  skip: 'Skip to content',
  feed: 'Feed',
  footer: 'Made of small services that share nothing but events.',
} as const;

export const theme = { label: 'Colours', auto: 'Auto', light: 'Light', dark: 'Dark' } as const;

export const embed = {
  title: (title: string) => `Comments on ${title}`,
  source: (site: string) => `These comments are on ${site}`,
} as const;

export const post = {
  back: 'All posts',
  published: 'Published',
  untitled: 'Untitled',
  tags: 'Tags',
  changed: 'This post was changed: show it',
  deleted: 'This post was deleted meanwhile. Nobody can comment on it any more.',
  edit: 'Edit post',
  young: 'Just published. It appears on the front page in a moment.',
} as const;

export const signIn = {
  title: 'Sign in',
  name: 'Name',
  password: 'Password',
  submit: 'Sign in',
  out: 'Sign out',
  outEverywhere: 'Sign out everywhere',
  outEverywhereHint: 'Ends all your sessions, in every browser, and the tokens of your programs',
  signedInAs: (name: string) => `Signed in as ${name}`,
  link: 'This link signs you in, once.',
  hint: 'For those who write and moderate here. Readers need no account.',
  faults: {
    password: 'Name and password don’t belong together.',
    link: 'This link was used before, or is too old.',
  },
} as const;

export const shortcuts = {
  title: 'Keyboard shortcuts',
  list: ['?', 'This list'],
  keys: [
    ['/', 'Search posts'],
    ['j', 'Next post or comment'],
    ['k', 'The one before'],
    ['n', 'Show what is new'],
    ['c', 'Write a comment'],
    ['u', 'All posts'],
    ['Ctrl+Enter', 'Send what is typed'],
  ],
  on: 'Shortcuts of one key are on',
  close: 'Close',
} as const;

export const nav = { label: 'For you', write: 'Write', review: 'Review' } as const;

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
  403: { title: 'Not for you', text: 'This needs another role.' },
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
