/** Which of the project's files something deployed is made of; paths are relative to the project. */
export class Sources {
  readonly #functions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #declarations: ReadonlyMap<string, ReadonlySet<string>>;

  /**
   * @param functions the files of each Lambda, by its name
   * @param declarations the files of what is synthesised: of each contract, each workflow, and the app
   */
  constructor(
    functions: ReadonlyMap<string, ReadonlySet<string>>,
    declarations: ReadonlyMap<string, ReadonlySet<string>>,
  ) {
    this.#functions = functions;
    this.#declarations = declarations;
  }

  /** Whether a file says what is deployed, and not only what a Lambda does. */
  isDeclared(file: string): boolean {
    return [...this.#declarations.values()].some((files) => files.has(file));
  }

  isBundled(file: string): boolean {
    return [...this.#functions.values()].some((files) => files.has(file));
  }

  /** The Lambdas that one of the files is part of, by name. */
  functionsWith(files: Iterable<string>): readonly string[] {
    const wanted = [...files];
    return [...this.#functions].flatMap(([name, inputs]) => (wanted.some((file) => inputs.has(file)) ? [name] : []));
  }

  /** All files of everything that one of the files is part of: what a mistake in one of them can show in. */
  around(files: Iterable<string>): readonly string[] {
    const wanted = [...files];
    const groups = [...this.#functions.values(), ...this.#declarations.values()];
    return [
      ...new Set(groups.filter((inputs) => wanted.some((file) => inputs.has(file))).flatMap((each) => [...each])),
    ];
  }
}
