/** What may hold something that is deployed, or a test of it. */
export const WATCHED = ['lambdas', 'state-machines', 'lib', 'bin', 'test/unit', 'cdk.json'] as const;

/** Folders whose content is written by tools. */
const WRITTEN = new Set(['generated', 'build', 'node_modules', '__pycache__']);
const SOURCE = /\.(ts|mts|js|mjs|json)$/;
/** Editors' copies: `.handler.ts.swp`, `#handler.ts#`, `.#handler.ts`. */
const COPY = /^[.#]/;

/** Whether a file or folder of this name is nobody's source, nor anything in it. */
export const isNoSource = (name: string): boolean => COPY.test(name) || WRITTEN.has(name);

/** Whether a file, relative to the project, is somebody's source. */
export const isSource = (file: string): boolean => SOURCE.test(file) && !file.split('/').some(isNoSource);

/** Saved files by what is to be done about them; one can be several. */
export interface SortedFiles {
  /** What may be deployed. */
  readonly deployable: readonly string[];
  readonly tests: readonly string[];
  /** What the next order is made of. */
  readonly demonstrations: readonly string[];
  /** Parts of this very command: they take effect when it is started again. */
  readonly own: readonly string[];
}

const TEST = /\.test\.ts$|^test\//;
const DEMONSTRATION = /^state-machines\/[^/]+\/[^/]+\/demonstration\.ts$/;
const OWN = /^(lib\/local\/|bin\/(breakwater\.ts|layout\.ts|commands\/)|lib\/constructs\/bundle\.ts)/;

export function sortFiles(files: readonly string[]): SortedFiles {
  return {
    deployable: files.filter((file) => !TEST.test(file) && !DEMONSTRATION.test(file)),
    tests: files.filter((file) => TEST.test(file)),
    demonstrations: files.filter((file) => DEMONSTRATION.test(file)),
    own: files.filter((file) => OWN.test(file) && !TEST.test(file)),
  };
}
