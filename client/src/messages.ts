/** What the pages say. Another language is another module like `words`. */
export * as messages from './words';
