// Reads exports for a test, one message after the other: `{ reader, input, posts, now }`. It ends with its parent.
import { readDisqus } from '../laptop/transfer/disqus.mjs';
import { readFolder } from '../laptop/transfer/folder.mjs';
import { readWordPress } from '../laptop/transfer/wordpress.mjs';

const readers = {
  wordpress: ({ input, now }) => readWordPress(input, { now: new Date(now) }),
  disqus: ({ input, posts, now }) => readDisqus(input, posts, { now: new Date(now) }),
  folder: ({ input, now }) => readFolder(input, { now: new Date(now) }),
};

process.on('message', (message) => {
  try {
    process.send({ read: readers[message.reader](message) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on('disconnect', () => process.exit());
