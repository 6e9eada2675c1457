import { createElement, type FunctionComponent } from 'react';
import { hydrateRoot } from 'react-dom/client';

/** Brings the parts of this page to life that the server has drawn: each from the data beside it. */
export function hydrateIslands(islands: Record<string, FunctionComponent<never>>): void {
  for (const container of document.querySelectorAll<HTMLElement>('[data-island]')) {
    const name = container.dataset.island ?? '';
    const data = container.nextElementSibling?.textContent;
    const island = Object.hasOwn(islands, name) ? islands[name] : undefined;
    if (!island || !data) continue;
    hydrateRoot(container, createElement(island as FunctionComponent<object>, JSON.parse(data) as object));
  }
}
