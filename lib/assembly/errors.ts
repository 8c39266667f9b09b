/** There is nothing to read at the path. */
export class AssemblyNotFound extends Error {
  override readonly name = 'AssemblyNotFound';

  constructor(folder: string, cause: unknown) {
    super(
      `There is no cloud assembly in ${folder}: manifest.json is missing. Run "npx cdk synth" first, or name the folder that it wrote to, such as cdk.out.`,
      { cause },
    );
  }
}
