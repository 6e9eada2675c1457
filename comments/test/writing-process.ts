/** A replica of the comments service that writes comments into a shared database and judges those of all. */
import { newId } from '@blog/kit';
import { reportAndEnd, whenAllAreReady } from '../../common/kit/test/processes';
import { createComment } from '../src/domain';
import { createEventHandlers } from '../src/event-handlers';
import { openAt } from './store-place';

async function main(address: string, count: number, verdicts: string[]): Promise<void> {
  await whenAllAreReady();
  const now = () => new Date();
  const store = openAt(address, now);
  const applyEvents = createEventHandlers(store);
  const written: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const id = newId();
    const made = { id, postId: 'p1', tokenHash: 'h', authorId: id, now: now() };
    const change = createComment({ content: 'Nice', author: '' }, made);
    await store.transaction(['p1'], (tx) => tx.insert(change));
    written.push(change.comment.id);
  }
  for (const id of verdicts) {
    const data = { id, content: 'Nice', postId: 'p1', status: 'approved' as const, revision: 1 };
    await applyEvents([{ type: 'CommentModerated', id: `e-${id}`, data }]);
  }
  await store.close();
  reportAndEnd(written);
}

const [address = '', count = '0', ...verdicts] = process.argv.slice(2);
void main(address, Number(count), verdicts);
