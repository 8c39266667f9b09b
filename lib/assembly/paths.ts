/** That the resource at a path has a logical id in its template. */
export interface LogicalId {
  readonly logicalId: string;
  readonly path: string;
}

/** CDK's name for the resource of the nested stack `Inner`: `Inner.NestedStack/Inner.NestedStackResource`. */
const NESTED = /^(.+)\.NestedStack\/[^/]+\.NestedStackResource$/;

/**
 * Finds the path of a resource. A logical id alone does not tell it: two nested stacks of one class have the same.
 * @returns a function of the logical ids of the nested stacks that lead to the resource, and of its own
 */
export function pathsByScope(
  ids: readonly LogicalId[],
): (within: readonly string[], logicalId: string) => string | undefined {
  const nested = ids.flatMap(({ path }) => NESTED.exec(path)?.[1] ?? []);
  const scopeOf = (path: string): string =>
    nested.filter((each) => path.startsWith(`${each}/`)).reduce((a, b) => (b.length > a.length ? b : a), '');
  const paths = new Map(ids.map(({ path, logicalId }) => [`${scopeOf(path)} ${logicalId}`, path]));
  return (within, logicalId) => {
    const scope = within.reduce((outer, id) => NESTED.exec(paths.get(`${outer} ${id}`) ?? '')?.[1] ?? outer, '');
    return paths.get(`${scope} ${logicalId}`);
  };
}
