import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type RunningServer, startServer } from '../src';

export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export interface StubBus extends RunningServer {
  requests: ReceivedRequest[];
}

/** A peer over real HTTP that notes what it is asked and answers as the test says. */
export async function startStubBus(
  answer: (request: ReceivedRequest, res: ServerResponse) => void,
  port = 0,
): Promise<StubBus> {
  const requests: ReceivedRequest[] = [];
  const listener: RequestListener = (req, res) => {
    let text = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    req.on('end', () => {
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const request = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body };
      requests.push(request);
      answer(request, res);
    });
  };
  const server = await startServer(listener, { host: '127.0.0.1', port, graceMs: 0 });
  return { ...server, requests };
}

export function answerJson(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}
