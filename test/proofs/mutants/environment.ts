import { TestEnvironment } from 'jest-environment-node';

/** The parts of jest-circus' events that are looked at. */
interface CircusEvent {
  readonly name: string;
  readonly test?: { mode?: string | null };
}

/** Ends a run at the first test that fails: the mutant is killed, whatever the others say. Jest itself ends with a file. */
export default class UntilOneFails extends TestEnvironment {
  #failed = false;

  handleTestEvent({ name, test }: CircusEvent): void {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.#failed = true;
    if (name === 'test_start' && this.#failed && test) test.mode = 'skip';
  }
}
