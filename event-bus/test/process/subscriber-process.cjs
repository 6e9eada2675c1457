// A subscriber as a process of its own: it says `listening <port>`, then `handled <id> <sequence> <key>` for each event.
const { createServer } = require('node:http');

const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const { id, sequence, partitionkey } = JSON.parse(Buffer.concat(chunks).toString());
    console.log(`handled ${id} ${sequence} ${partitionkey}`);
    res.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
