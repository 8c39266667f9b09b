import type { Construct } from 'constructs';

/** The app is put together wrongly. Thrown at synth; the message ends in the path of the construct to change. */
export class BreakwaterSynthError extends Error {
  override readonly name = 'BreakwaterSynthError';
  readonly path: string;

  constructor(scope: Construct, message: string) {
    super(`${message} [${scope.node.path}]`);
    this.path = scope.node.path;
  }
}
