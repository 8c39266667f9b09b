/** The key under which a class says what it is, the same in every copy of this module. */
export const KIND = Symbol.for('breakwater.kind');

/**
 * `instanceof` for a class of which a Lambda may hold two copies: a handler that is an ES module, and a library of its
 * team's that is CommonJS, each have one. What either has made is an instance of both. A class of somebody's own that
 * extends one of them is told as usual.
 */
export function isOfKind(expected: { readonly [KIND]: string }, candidate: unknown): boolean {
  if (!Object.hasOwn(expected, KIND)) return Function.prototype[Symbol.hasInstance].call(expected, candidate);
  const kind = expected[KIND];
  for (let each = candidate; each !== null && each !== undefined; each = Object.getPrototypeOf(each)) {
    const { constructor: made } = each as { readonly constructor?: { readonly [KIND]?: string } };
    if (made && Object.hasOwn(made, KIND) && made[KIND] === kind) return true;
  }
  return false;
}
