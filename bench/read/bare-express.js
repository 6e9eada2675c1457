// The least that an Express route does to answer from memory: the bytes of another server's answers, fetched once.
const express = require('express');

const from = process.env.FROM;
const kept = new Map();

async function bytesOf(path) {
  const found = kept.get(path);
  if (found) return found;
  const response = await fetch(from + path);
  const { headers } = response;
  const fetched = {
    body: Buffer.from(await response.arrayBuffer()),
    type: headers.get('content-type'),
    etag: headers.get('etag'),
  };
  kept.set(path, fetched);
  return fetched;
}

function send(req, res, { body, type, etag }) {
  res.setHeader('ETag', etag);
  if (req.headers['if-none-match'] === etag) return void res.writeHead(304).end();
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', body.length);
  res.end(body);
}

const answer = (req, res) => {
  const found = kept.get(req.url);
  if (found) return send(req, res, found);
  return bytesOf(req.url).then((fetched) => send(req, res, fetched));
};

const app = express();
app.disable('x-powered-by');
app.disable('etag');
for (const path of ['/posts', '/posts/:id', '/feed.atom']) app.get(path, answer);
app.get('/readyz', (_req, res) => res.end());
app.listen(process.env.PORT, '127.0.0.1');
