// Ten strangers beside the blog, each of whom asks for a preview of a hostile text as soon as the one before is answered, from another
// address each time, so that no limit of an address stops them. Ends after so many ms, and prints how often each status was answered, and
// how many characters the longest answer had.
const [url, clients, forMs] = process.argv.slice(2);
const texts = ['[a][', '//a.b/', '> - ', '*a **b ', '![', '<a b="', '```csharp\n<a>\nlet a', '[a]: b\n\n[a] ', '`'];
const longest = 9_900;
const endsAt = performance.now() + Number(forMs);
const statuses = {};
let longestAnswer = 0;

async function ask(number) {
  const text = texts[number % texts.length];
  const answer = await fetch(`${url}/preview`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Forwarded-For': `203.0.${number % 113}.${number % 251}`,
    },
    body: JSON.stringify({ kind: 'comment', markdown: text.repeat(longest / text.length) }),
    signal: AbortSignal.timeout(30_000),
  });
  longestAnswer = Math.max(longestAnswer, (await answer.text()).length);
  statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
}

async function goOn(client) {
  for (let number = client; performance.now() < endsAt; number += Number(clients)) await ask(number);
}

async function main() {
  await Promise.all(Array.from({ length: Number(clients) }, (_, client) => goOn(client)));
  process.stdout.write(JSON.stringify({ statuses, longestAnswer }));
}

void main();
