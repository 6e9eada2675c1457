import { hydrateIslands } from '../browser/hydrate-islands';
import { enhancePage } from '../browser/enhance-page';
import { tellHeight } from '../browser/tell-height';
import { CommentsSection } from '../features/comments/CommentsSection';

hydrateIslands({ CommentsSection });
enhancePage();
tellHeight();
