// A subscriber for the tour in ../README.md: prints what it gets. With --strict it refuses orders of an unknown sku.
const { createServer } = require('node:http');

const isStrict = process.argv.includes('--strict');

createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const { sequence, type, data } = JSON.parse(body);
  const status = isStrict && data.sku === 'unknown' ? 422 : 200;
  console.log(sequence, type, JSON.stringify(data), status);
  res.writeHead(status).end();
}).listen(Number(process.env.SUBSCRIBER_PORT ?? 5001), '127.0.0.1');
