import { enhancePage } from '../browser/enhance-page';
import { ReviewPage } from '../features/review/ReviewPage';
import { mountStudio } from '../studio/mount';

mountStudio('/review', ReviewPage);
enhancePage();
