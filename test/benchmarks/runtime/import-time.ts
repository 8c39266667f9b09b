/** How long a bundle takes to be imported in a fresh process: `import-time.ts <bundle>` prints milliseconds. */
import { pathToFileURL } from 'node:url';

const url = pathToFileURL(process.argv[2] ?? '').href;
const begun = performance.now();
await import(url);
process.stdout.write(String(performance.now() - begun), () => process.exit());
