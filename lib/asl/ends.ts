import { CompensatedPrefix, DECLARED_PREFIX } from '../contract/index.ts';
import { HOW_IT_ENDED, parkWork } from './compensation.ts';
import { quoted, wrapped } from './expression.ts';
import type { State } from './states.ts';
import type { TaskWriter } from './tasks.ts';

/** The ends. `$failure` and `$parked` are set by every Catch and decline that leads here. */
export function endStates(tasks: TaskWriter): Record<string, State> {
  return {
    [HOW_IT_ENDED]: {
      Type: 'Choice',
      Choices: [
        { Condition: wrapped('$count($parked) > 0'), Next: 'park-all' },
        { Condition: wrapped('$failure.declined = true'), Next: 'end-declined' },
      ],
      Default: 'end-failed',
    },
    'park-all': { ...parkWork(tasks, 'park-all', '$parked', '$failure'), Next: 'end-failed' },
    'end-succeeded': { Type: 'Succeed' },
    'end-declined': {
      Type: 'Succeed',
      Output: wrapped(
        `{'status': 'declined', 'failure': {'step': $failure.step, 'name': $substringAfter($failure.Error, ${quoted(DECLARED_PREFIX)}), 'cause': $failure.Cause}}`,
      ),
    },
    'end-failed': {
      Type: 'Fail',
      Error: wrapped(
        `($count($parked) > 0 ? ${quoted(CompensatedPrefix.parked)} : ${quoted(CompensatedPrefix.compensated)}) & $failure.Error`,
      ),
      Cause: wrapped(`$substring($string($merge([$failure, {'parked': $parked}])), 0, 32000)`),
    },
  };
}
