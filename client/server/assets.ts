import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';

/** Addresses of the scripts and style sheets of a page. */
export interface PageAssets {
  scripts: string[];
  styles: string[];
}

/** The kinds of pages by what they load: `page` is one without any part that is hydrated. */
export const entries = ['page', 'front', 'post', 'embed', 'write', 'review'] as const;
export type EntryName = (typeof entries)[number];

export type Assets = Record<EntryName, PageAssets>;

/** The source of an entry, as the build's manifest and the development server name it. */
export const entrySource = (name: EntryName): string => `src/entries/${name}.ts`;

const Chunk = z.object({
  file: z.string(),
  css: z.array(z.string()).default([]),
  imports: z.array(z.string()).default([]),
});
const Manifest = z.record(z.string(), Chunk);
type Manifest = z.output<typeof Manifest>;

/** A chunk with all that it imports, the imported ones first. */
function chunksOf(manifest: Manifest, key: string): z.output<typeof Chunk>[] {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the browser build has no ${key}`);
  return [...chunk.imports.flatMap((imported) => chunksOf(manifest, imported)), chunk];
}

/** Reads which files the browser build has made for which page. Throws where there is no build. */
export function readAssets(folder: string): Assets {
  const manifestOf = (build: string) =>
    Manifest.parse(JSON.parse(readFileSync(join(folder, '.vite', `${build}.json`), 'utf8')));
  const manifest = { ...manifestOf('app'), ...manifestOf('reader') };
  const address = (file: string): string => `/${file}`;
  const assetsOf = (name: EntryName): PageAssets => {
    const chunks = chunksOf(manifest, entrySource(name));
    return {
      // All of them are named, so that none waits for another to be read.
      scripts: [...new Set(chunks.map(({ file }) => file))].map(address),
      styles: [...new Set(chunks.flatMap(({ css }) => css))].map(address),
    };
  };
  return Object.fromEntries(entries.map((name) => [name, assetsOf(name)])) as Assets;
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
