import { MASK } from './personal.ts';

/**
 * Takes known personal data out of texts that somebody else wrote: an error's message, a provider's answer. It finds the
 * values as they are, as JSON and as a part of an address, in whatever case; and, in JSON, what stands under a marked
 * name. It cannot find what a text says in other words.
 *
 * @param values those of one character or digit, up to three digits and `true` are no clue to anything and stay
 */
export function textMask(values: Iterable<string>, names = NO_NAMES): (text: string) => string {
  const known = [...values].filter((value) => value.length > 1 && !/^(\d{1,3}|true|false)$/.test(value));
  // The longest first: one may be a part of another.
  const forms = [...new Set(known.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const mayHold = holdingAny(forms);
  let finder: RegExp | undefined;
  const withoutValues = (text: string): string => {
    if (!mayHold(text)) return text;
    finder ??= new RegExp(forms.map(pattern).join('|'), 'giu');
    return text.replace(finder, MASK_IN_TEXT);
  };
  const finders = findersUnder(names);
  return (text) => finders.reduce((each, found) => each.replace(found, MASK_IN_TEXT), withoutValues(text));
}

/**
 * Whether a text may hold one of these, in whatever case. Most hold none, and a look is cheaper than a regular expression
 * that is made for one delivery. Beyond ASCII letters have cases that only the expression knows: then it may.
 */
function holdingAny(forms: readonly string[]): (text: string) => boolean {
  if (forms.length === 0) return () => false;
  if (!forms.every(isPlain)) return () => true;
  const lower = forms.map((form) => form.toLowerCase());
  return (text) => {
    if (!isPlain(text)) return true;
    const each = text.toLowerCase();
    return lower.some((form) => each.includes(form));
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const isPlain = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

const NO_NAMES: ReadonlySet<string> = new Set();

/** A contract's names are the same for each of its deliveries. */
function findersUnder(names: ReadonlySet<string>): readonly RegExp[] {
  let finders = underNames.get(names);
  if (!finders) {
    const named = [...names].map(escaped);
    finders = named.length > 0 ? [underName(named, '"', TEXT), underName(named, '\\\\"', TEXT_IN_TEXT)] : [];
    underNames.set(names, finders);
  }
  return finders;
}

const underNames = new WeakMap<ReadonlySet<string>, readonly RegExp[]>();

/** What stands in JSON under one of the names: text, a number up to what comes next, or all the rest after a bracket. */
const underName = (names: readonly string[], quote: string, text: string): RegExp =>
  new RegExp(`(?<=${quote}(?:${names.join('|')})${quote}\\s*:\\s*)(?:${text}|[[{][^]*|[^\\s"\\\\,}\\]][^,}\\]]*)`, 'g');

/** It may have been cut off. */
const TEXT = String.raw`"(?:[^"\\]|\\.)*(?:"|$)`;

/** JSON that is itself a text in JSON. */
const TEXT_IN_TEXT = String.raw`\\"(?:\\\\\\"|[^\\]|\\(?!"))*(?:\\"|$)`;

const MASK_IN_TEXT = (): string => MASK;

const formsOf = (value: string): readonly string[] => [value, JSON.stringify(value).slice(1, -1), ...inAddress(value)];

function inAddress(value: string): readonly string[] {
  try {
    return [encodeURIComponent(value)];
  } catch {
    return []; // half a character cannot be written in an address
  }
}

/** A short value is found as a word of its own only: `Ann` is in `Announcement` too. */
function pattern(value: string): string {
  if (value.length >= LONG) return escaped(value);
  return `(?<![\\p{L}\\p{N}])${escaped(value)}(?![\\p{L}\\p{N}])`;
}

const LONG = 8;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
