/** Does the same with many things, so many at a time. */
export async function sideBySide<T, R>(
  all: readonly T[],
  width: number,
  act: (each: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) results[index] = await act(all[index] as T, index);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
