/** The app could not be deployed. The message ends in the tool's own last words, and names the log with all of them. */
export class DeploymentFailed extends Error {
  override readonly name = 'DeploymentFailed';
  readonly logFile: string;

  constructor(phase: string, logFile: string, lastLines: readonly string[]) {
    super([`Could not ${phase}. The end of ${logFile}:`, ...lastLines.map((line) => `  ${line}`)].join('\n'));
    this.logFile = logFile;
  }
}

/** There is no emulator to deploy to. A real account is deployed to by hand, with `cdk deploy`. */
export class NoEmulator extends Error {
  override readonly name = 'NoEmulator';

  constructor(endpoint: string, found: string) {
    super(
      found === 'aws'
        ? `${endpoint} looks like AWS. This deploys to an emulator; for a real account use \`npx cdk deploy --all\`.`
        : `Nothing answers at ${endpoint}. Start an emulator, or correct AWS_ENDPOINT_URL.`,
    );
  }
}
