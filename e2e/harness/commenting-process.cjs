// Somebody beside some replicas of comments, who writes comments of some posts through them all the time and tells what became of each: a line
// of JSON with its status, and with the new comment where it was stored. Ends when its standard input does.
const { setTimeout: delay } = require('node:timers/promises');

const [postIds, urls] = process.argv.slice(2).map((list) => list.split(','));
let ended = false;
process.stdin.resume().on('end', () => (ended = true));

async function write(content, { url, postId }) {
  const answer = await fetch(`${url}/posts/${postId}/comments`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ content }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  if (answer.status !== 201) return { status: answer.status };
  return { status: 201, content, postId, id: JSON.parse(text).find((comment) => comment.content === content)?.id };
}

async function main() {
  for (let number = 1; !ended; number += 1) {
    const content = `Beside the replicas ${number}`;
    const place = { url: urls[number % urls.length], postId: postIds[number % postIds.length] };
    const told = await write(content, place).catch((error) => ({ status: 0, reason: String(error) }));
    process.stdout.write(`${JSON.stringify(told)}\n`);
    // A person, not a hammer.
    await delay(20);
  }
}

void main();
