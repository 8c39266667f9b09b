/**
 * What stands on a terminal after it was written to. Knows what Ink and the commands write (text, line ends, cursor
 * movements, erasing); colours and modes change nothing. Every character takes one column.
 */
export class Screen {
  readonly #columns: number;
  readonly #rows: number;
  /** Everything that was ever shown, the lines that scrolled away first. */
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #rest = '';

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** @throws when what is drawn over has scrolled away */
  write(text: string): void {
    let left = this.#rest + text;
    this.#rest = '';
    while (left) {
      const [sequence] = SEQUENCE.exec(left) ?? [];
      if (sequence) {
        this.#obey(sequence);
        left = left.slice(sequence.length);
      } else if (left.startsWith(ESCAPE)) {
        this.#rest = left; // the end of it is still to come
        return;
      } else {
        const [character = ''] = left;
        this.#put(character);
        left = left.slice(character.length);
      }
    }
  }

  /** All lines, from the first that was ever shown. */
  lines(): readonly string[] {
    return this.#lines.map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  text(): string {
    return this.lines().join('\n');
  }

  #put(character: string): void {
    if (character === '\n') this.#to(this.#row + 1, 0);
    else if (character === '\r') this.#column = 0;
    else if (character >= ' ') {
      if (this.#column >= this.#columns) this.#to(this.#row + 1, 0);
      this.#line()[this.#column] = character;
      this.#column += 1;
    }
  }

  #obey(sequence: string): void {
    const [, digits = '', letter = ''] = /^.\[(\d*)[\d;]*([A-Za-z])$/.exec(sequence) ?? [];
    const count = Number(digits || 1);
    if (letter === 'A') this.#to(this.#row - count, this.#column);
    else if (letter === 'B') this.#to(this.#row + count, this.#column);
    else if (letter === 'C') this.#column += count;
    else if (letter === 'D') this.#column = Math.max(0, this.#column - count);
    else if (letter === 'E') this.#to(this.#row + count, 0);
    else if (letter === 'F') this.#to(this.#row - count, 0);
    else if (letter === 'G') this.#column = count - 1;
    else if (letter === 'K') this.#erase(Number(digits || 0));
    else if (letter === 'J') this.#lines.length = Math.min(this.#lines.length, this.#row + 1);
  }

  /** From the cursor to the end, up to the cursor, or all of the line. */
  #erase(what: number): void {
    const line = this.#line();
    if (what === 0) line.length = Math.min(line.length, this.#column);
    else line.fill(' ', 0, what === 1 ? this.#column + 1 : line.length);
  }

  #to(row: number, column: number): void {
    const top = Math.max(0, this.#lines.length - this.#rows);
    if (row < top) throw new Error(`What stands above the ${this.#rows} rows of the terminal can't be drawn over.`);
    this.#row = row;
    this.#column = column;
    while (this.#lines.length <= row) this.#lines.push([]);
  }

  #line(): string[] {
    const line = this.#lines[this.#row] ?? [];
    this.#lines[this.#row] = line;
    return line;
  }
}

const ESCAPE = '\u001b';

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
const SEQUENCE = /^\u001b(?:\[[?>]?[\d;]*[A-Za-z]|[78=>])/;
