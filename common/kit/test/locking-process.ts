/** A process that takes the lock of a file, says so, and holds it until it is ended. */
import { lockFile } from '@blog/kit/file-lock';

const [file = '', use] = process.argv.slice(2);
lockFile(file, use === 'shared' ? 'shared' : 'alone');
process.send?.('ready');
setInterval(() => undefined, 1_000);
