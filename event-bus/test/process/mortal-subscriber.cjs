// A subscriber in the manner of a beginner: an event that it can't handle ends the process. A parent starts it again.
// argv: port. Data `{"poison": true}` kills it, at once or after `afterMs`. It reports each event and each start.
const { createServer } = require('node:http');

const server = createServer((req, res) => {
  let text = '';
  req.on('data', (chunk) => (text += chunk));
  req.on('end', () => {
    if (req.method !== 'POST') return res.writeHead(404).end();
    const event = JSON.parse(text);
    process.send({ got: event.sequence });
    if (event.data.poison) {
      setTimeout(() => {
        throw new Error(`can't handle ${event.id}`);
      }, event.data.afterMs ?? 0);
      return;
    }
    setTimeout(() => {
      process.send({ done: event.sequence });
      res.end();
    }, 2);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
