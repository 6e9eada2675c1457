import { enhancePage } from '../browser/enhance-page';
import { hydrateIslands } from '../browser/hydrate-islands';
import { CommentsSection } from '../features/comments/CommentsSection';

hydrateIslands({ CommentsSection });
enhancePage();
