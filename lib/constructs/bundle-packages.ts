import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Keeps the lines of packages out of the source map, which a cold start reads and parses: a stack trace needs one's
 * own. A package's file gets a map of a single point, to a source that does not exist.
 */
export const packages: Plugin = {
  name: 'packages',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]node_modules[\\/].*\.m?js$/ }, async ({ path }) => ({
      contents: withPointMap(withPlainImport(path, await readFile(path, 'utf8'))),
      loader: 'js',
    }));
  },
};

export const withPointMap = (text: string): string => `${text}\n${POINT_MAP}`;

const POINT_MAP = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(
  '{"version":3,"sources":["package"],"mappings":"AAAA"}',
).toString('base64')}`;

/**
 * The SDK's HTTP protocol loads event streams when there is one. In a bundle, which is one file, such an import wraps
 * every module that it leads to and keeps esbuild from leaving out what is not used of them; a plain import does not.
 */
const withPlainImport = (path: string, text: string): string =>
  HTTP_PROTOCOL.test(path) && text.includes(LATE_IMPORT) ? PLAIN_IMPORT + text.replace(LATE_IMPORT, '') : text;

const HTTP_PROTOCOL = /[\\/]@smithy[\\/]core[\\/].*[\\/]HttpProtocol\.js$/;
const IMPORTED = '{ EventStreamSerde, eventStreamSerdeProvider }';
const EVENT_STREAMS = JSON.stringify('@smithy/core/event-streams');
const LATE_IMPORT = `const ${IMPORTED} = await import(${EVENT_STREAMS});`;
const PLAIN_IMPORT = `import ${IMPORTED} from ${EVENT_STREAMS};\n`;
