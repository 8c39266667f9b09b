export { zip } from '../../lib/local/development/zip.ts';
