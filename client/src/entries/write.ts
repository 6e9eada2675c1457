import { enhancePage } from '../browser/enhance-page';
import { WritePage } from '../features/write/WritePage';
import { mountStudio } from '../studio/mount';

mountStudio('/write/:id?', WritePage);
enhancePage();
