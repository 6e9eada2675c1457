import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 50;
const remindMs = 30_000;

/**
 * Resolves once every URL answers `GET /readyz` with 200. `remind(names)` hears every 30 s who isn't ready yet.
 * `urls` is URL by process name; `signal` ends the waiting.
 */
export async function waitUntilReady(urls, { remind, signal }) {
  const waiting = new Set(Object.keys(urls));
  const reminder = setInterval(() => remind([...waiting]), remindMs);
  const untilReady = async (name) => {
    while (!(await isReady(urls[name]))) await delay(pollMs, undefined, { signal });
    waiting.delete(name);
  };
  try {
    await Promise.all(Object.keys(urls).map(untilReady));
  } finally {
    clearInterval(reminder);
  }
}

function isReady(url) {
  return new Promise((resolve) => {
    const request = get(`${url}/readyz`, { timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
