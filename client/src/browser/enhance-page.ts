import { enhanceShortcuts } from '../features/shortcuts/shortcuts';
import { enhanceThemeChoice } from '../features/theme/theme-choice';
import '../styles/reader-pages';
import { enhanceTimes } from './enhance-times';

/** What every reader page does beyond what its HTML does by itself. */
export function enhancePage(): void {
  enhanceThemeChoice(document);
  enhanceShortcuts();
  enhanceTimes(document, Date.now());
}
