import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';

/** Addresses of the scripts and style sheets of a page. */
export interface Assets {
  scripts: string[];
  styles: string[];
}

const Manifest = z.record(z.string(), z.object({ file: z.string(), css: z.array(z.string()).default([]) }));

/** Reads which files the browser build has made for the reader pages. Throws where there is no build. */
export function readAssets(folder: string): Assets {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, '.vite', 'manifest.json'), 'utf8')));
  const reader = manifest['src/reader.ts'];
  if (!reader) throw new Error('the browser build has no entry for the reader pages');
  const address = (file: string) => `/${file}`;
  const styles = [
    ...new Set(Object.values(manifest).flatMap(({ css, file }) => (file.endsWith('.css') ? [file] : css))),
  ];
  return { scripts: [address(reader.file)], styles: styles.map(address) };
}

/** Serves the browser build. What is under `assets/` carries a hash in its name and never changes. */
export function serveAssets(folder: string): RequestHandler {
  return express.static(folder, {
    index: false,
    redirect: false,
    setHeaders(res, path) {
      const isHashed = path.startsWith(join(folder, 'assets'));
      res.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
    },
  });
}
