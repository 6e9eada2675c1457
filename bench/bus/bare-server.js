// The least that answers a publish: Node's own http server. It keeps nothing.
const { createServer } = require('node:http');

const answer = '{"status":"OK","events":[{"id":"01980000-0000-7000-8000-000000000000","sequence":1}]}';

createServer((req, res) => {
  req.resume();
  req.on('end', () => {
    res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer);
  });
}).listen(process.env.PORT, '127.0.0.1');
