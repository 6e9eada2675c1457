import { enhancePage } from '../browser/enhance-page';
import { hydrateIslands } from '../browser/hydrate-islands';
import { NewPostsPill } from '../features/posts/NewPostsPill';
import { WritePost } from '../features/posts/WritePost';

hydrateIslands({ NewPostsPill, WritePost });
enhancePage();
