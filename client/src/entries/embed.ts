import { hydrateIslands } from '../browser/hydrate-islands';
import { tellHeight } from '../browser/tell-height';
import { CommentsSection } from '../features/comments/CommentsSection';
import '../styles/reader-pages';

hydrateIslands({ CommentsSection });
tellHeight();
