import { checkName } from '../contract/index.ts';
import { checkStepName } from '../workflow/index.ts';
import { ScaffoldError } from './errors.ts';

/** @throws ScaffoldError unless lower-case words joined by hyphens, at most 48 characters */
export function checkWords(kind: string, name: string): string {
  try {
    return checkName(kind, name);
  } catch (error) {
    throw new ScaffoldError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The same of a name that the code cannot change. @throws ScaffoldError if it means something else there */
export function checkNewName(kind: string, name: string): string {
  checkWords(kind, name);
  if (!UNUSABLE.has(camel(name))) return name;
  throw new ScaffoldError(
    `${kind} "${name}": the code would have to call it ${camel(name)}, which means something else there. Use two words, such as award-points.`,
  );
}

/** `award-points` → `awardPoints` */
export const camel = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** What a verb-and-object name is about: `award-points` → `points`, `checkout` → `checkout`. */
export const objectOf = (name: string): string => name.split('-').slice(1).join('-') || name;

/** `seats` → `seat`, `gift-cards` → `gift-card`. English, as far as names of tables need it. */
export function singular(name: string): string {
  if (/(ss|x|ch|sh)es$/.test(name)) return name.slice(0, -2);
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`;
  return /[^s]s$/.test(name) ? name.slice(0, -1) : name;
}

/** `seat` → `seats` */
export function plural(name: string): string {
  if (singular(name) !== name) return name;
  if (/(s|x|ch|sh)$/.test(name)) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** A name that is free, beginning with the best. @throws ScaffoldError if none of them is */
export function firstFree(names: readonly string[], isTaken: (name: string) => boolean): string {
  const free = names.find((name) => !isTaken(name));
  if (free !== undefined) return free;
  throw new ScaffoldError(`${names.join(' and ')} are both taken in the code. Choose another name.`);
}

/** A name for a step, after what its atom is about: `reserve-seat` → `seat`, and `seat2` if there is one. */
export function stepName(atom: string, taken: ReadonlySet<string>): string {
  const name = camel(objectOf(atom));
  const wishes = [name, `${name}Step`, camel(atom), ...[2, 3, 4, 5, 6, 7, 8, 9].map((count) => `${name}${count}`)];
  return firstFree(wishes, (wish) => {
    try {
      checkStepName(wish, taken);
      return false;
    } catch {
      return true;
    }
  });
}

/** Words of JavaScript, and what the code that is written here calls its own things. */
export const UNUSABLE: ReadonlySet<string> = new Set(
  `arguments async await boolean break case catch class const continue debugger default delete do else enum eval export
  extends false finally for function if implements import in instanceof interface let new null number object of package
  private protected public return static string super switch symbol this throw true try type typeof undefined var void
  while with yield
  account amount app available check compensation contract days demonstration dependency email environment event expect
  fail fee handler input jest key keyed lookup mail minutes nodesOf now order orders output outcomes process provider pure
  quantity reason reference request requests run runAtom seed serve step table tables test testAtom total transaction
  unguarded workflow z`.split(/\s+/),
);
