import { Pool } from 'undici';
import { percentile } from '../figures/percentiles';

export interface Load {
  name: string;
  /** The next request. */
  next: () => { path: string; etag?: string };
  /** The status that every answer must have. */
  status: number;
}

export interface Figures {
  perSecond: number;
  p99: number;
}

const inFlight = 16;

/** Asks for so many answers, sixteen at a time over kept connections, and reads each to its end. */
export async function measure(url: string, { next, status, name }: Load, requests: number): Promise<Figures> {
  const pool = new Pool(url, { connections: inFlight, pipelining: 1 });
  const times: number[] = [];
  let left = requests;

  const ask = (path: string, etag: string | undefined): Promise<number> =>
    new Promise((resolve, reject) => {
      let answered = 0;
      const headers = etag === undefined ? {} : { 'if-none-match': etag };
      pool.dispatch(
        { path, method: 'GET', headers },
        {
          onRequestStart() {},
          onResponseStart: (_controller, statusCode) => void (answered = statusCode),
          onResponseData() {},
          onResponseEnd: () => resolve(answered),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });

  async function reader(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const { path, etag } = next();
      const began = performance.now();
      const answered = await ask(path, etag);
      times.push(performance.now() - began);
      if (answered !== status) throw new Error(`${name}: ${path} answered ${answered} instead of ${status}`);
    }
  }

  const began = performance.now();
  try {
    await Promise.all(Array.from({ length: inFlight }, reader));
  } finally {
    await pool.close();
  }
  return { perSecond: (requests * 1_000) / (performance.now() - began), p99: percentile(times, 0.99) };
}
