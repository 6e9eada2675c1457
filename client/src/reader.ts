import { hydrateRoot } from 'react-dom/client';
import { enhanceTimes } from './browser/enhance-times';
import { enhanceThemeChoice } from './features/theme/theme-choice';
import { drawIsland, islands, type IslandName } from './islands';
import './styles/reader-pages';

function isIslandName(name: string | undefined): name is IslandName {
  return name !== undefined && Object.hasOwn(islands, name);
}

for (const container of document.querySelectorAll<HTMLElement>('[data-island]')) {
  const name = container.dataset.island;
  const data = container.nextElementSibling?.textContent;
  if (isIslandName(name) && data) hydrateRoot(container, drawIsland(name, JSON.parse(data) as object));
}
enhanceThemeChoice(document);
enhanceTimes(document, Date.now());
