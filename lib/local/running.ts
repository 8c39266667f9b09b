import { findRunningEmulator } from './emulator/index.ts';
import { emulatorLogOf, openTarget, type Target, TargetError } from './target.ts';

/**
 * Opens what runs already: what the environment names (`AWS_ENDPOINT_URL`, or `BREAKWATER_TARGET=aws`), else the emulator
 * that `npm start` has started in this project. Closing it leaves it running.
 *
 * @throws TargetError saying how to start one
 */
export async function openRunningTarget(root: string): Promise<Target> {
  const { AWS_ENDPOINT_URL, BREAKWATER_TARGET } = process.env;
  if (AWS_ENDPOINT_URL || BREAKWATER_TARGET === 'aws') return openTarget({ root });
  const running = await findRunningEmulator(emulatorLogOf(root));
  if (!running) {
    throw new TargetError(
      [
        'No emulator of this project runs. Start one in another terminal:',
        '  npm start              it runs until Ctrl-C there',
        '  npm start -- --keep    it stays in the background, until npm run breakwater -- down',
        'Or set AWS_ENDPOINT_URL to where one answers that the app is deployed to.',
      ].join('\n'),
    );
  }
  return openTarget({ root, kind: 'endpoint', endpoint: running.endpoint });
}
