export { forwardedFor } from '@blog/kit';
