/** An atom was deployed without something that it needs. */
export class MissingEnvironment extends Error {
  override readonly name = 'MissingEnvironment';
  readonly variable: string;

  constructor(variable: string) {
    super(`The environment variable ${variable} is not set. The stack that deploys this function has to set it.`);
    this.variable = variable;
  }
}

/** @throws MissingEnvironment naming the variable */
export function environment(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new MissingEnvironment(variable);
  return value;
}
