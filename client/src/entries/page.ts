import { enhancePage } from '../browser/enhance-page';

enhancePage();
