/** The one that a name was probably meant to be: at most two letters away, and less than a third of it. */
export const meantBy = (name: string, known: readonly string[]): string | undefined =>
  known
    .map((each) => ({ each, distance: distance(name, each) }))
    .filter(({ distance }) => distance <= Math.min(2, Math.ceil(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0]?.each;

/** How many letters have to be put in, left out or changed (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1];
    for (const [index, other] of [...to].entries()) {
      const changed = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
