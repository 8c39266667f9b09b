// Loads one door of the package and prints what that loaded and changed: node probe.mjs <esm|cjs> <door> [package …]
// Packages named behind it are loaded before, so that what they do is not put down to the door. Copied into the app
// that it looks at.
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const [format, door, ...others] = process.argv.slice(2);
const load = (name) => (format === 'esm' ? import(name) : createRequire(import.meta.url)(name));
const files = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.add(fileURLToPath(url));
    return next(url, context);
  },
});

/** What a module could change for everybody else in the process. */
function world() {
  const names = (object) => Reflect.ownKeys(object).map(String);
  return {
    globals: names(globalThis),
    prototypes: [Object, Function, Array, String, Number, Promise, Error, Map, Set, Date].flatMap((each) => [
      ...names(each),
      ...names(each.prototype),
    ]),
    environment: Object.entries(process.env).map(String),
    listeners: process.eventNames().map((event) => `${String(event)} ${process.listenerCount(event)}`),
    resources: process.getActiveResourcesInfo(),
  };
}

for (const other of others) await load(other);
const before = world();
const loaded = await load(door);
const after = world();
const changes = Object.entries(after).flatMap(([what, now]) => [
  ...now.filter((each) => !before[what].includes(each)).map((each) => `${what}: + ${each}`),
  ...before[what].filter((each) => !now.includes(each)).map((each) => `${what}: - ${each}`),
]);
console.log(JSON.stringify({ names: Object.keys(loaded).sort(), files: [...files], changes }));
