import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect } from '@jest/globals';
import { executionArnOf, type Swept } from '../../../lib/operations/index.ts';
import { throttle } from '../../faults/index.ts';
import { type Harness, WORKFLOW } from '../harness.ts';
import { REFUNDED } from './books.ts';
import { type Open, onEmulator, sideBySide } from './side-by-side.ts';

export function missedEvents(harness: Open): void {
  describe('an order stopped while no event was heard', () => {
    const missed = sideBySide(async () => {
      const order = await harness().order('missed');
      const stuck = harness().faults.inject({
        function: 'book-shipment-v1',
        operation: 'dynamodb.UpdateItem',
        body: new RegExp(order.eventId),
        action: throttle(),
      });
      await harness().send(order);
      const atShipment = async () => (await harness().states(order)).includes('shipment') || undefined;
      await harness().eventually(atShipment, 'the shipment to begin');
      await withoutEvents(harness(), async () => {
        const executionArn = executionArnOf(await harness().app.workflow(WORKFLOW), order.eventId);
        await harness().app.stepFunctions.send(new StopExecutionCommand({ executionArn, cause: 'test' }));
        await harness().eventually(async () => {
          const state = await harness().app.execution(WORKFLOW, order.eventId);
          return state?.status === 'ABORTED' || undefined;
        }, 'the end');
      });
      const unheard = await harness().app.undoExecution(WORKFLOW, order.eventId);
      const swept = await sweep(harness());
      const undo = await harness().eventually(async () => {
        const state = await harness().app.undoExecution(WORKFLOW, order.eventId);
        return state && state.status !== 'RUNNING' ? state : undefined;
      }, 'the undo execution');
      stuck.remove();
      return { order, unheard, swept, undo };
    });
    onEmulator(
      'is found by the sweep, and undone',
      async () => {
        const { order, unheard, swept, undo } = await missed();
        expect(unheard).toBeUndefined();
        expect(swept.started.filter((arn) => arn.endsWith(order.eventId))).toHaveLength(1);
        expect(undo).toMatchObject({ status: 'SUCCEEDED', output: { status: 'undone' } });
        expect(await harness().books(order)).toEqual(REFUNDED);
      },
      180_000,
    );
  });
}

/** What orders that failed left behind, by the end: comes after all others. */
export function nothingMissed(harness: Open): void {
  onEmulator(
    'a sweep behind all orders finds none that is not undone',
    async () => {
      const { ended, started, left } = await sweep(harness());
      expect(ended).toBeGreaterThan(3);
      expect({ started, left }).toEqual({ started: [], left: 0 });
    },
    60_000,
  );
}

async function sweep({ target }: Harness): Promise<Swept> {
  const { Payload, FunctionError } = await new LambdaClient(target.settings).send(
    new InvokeCommand({ FunctionName: 'sweep-executions:live', Payload: '{"hours":1}' }),
  );
  const answer = JSON.parse(Payload?.transformToString() ?? 'null');
  if (FunctionError) throw new Error(JSON.stringify(answer));
  return answer[WORKFLOW];
}

/** For a moment. Others whose event falls into it are found by the same sweep. */
async function withoutEvents({ target }: Harness, work: () => Promise<void>): Promise<void> {
  const rules = new EventBridgeClient(target.settings);
  const { Rules = [] } = await rules.send(new ListRulesCommand({}));
  const rule = Rules.find(({ Description }) => Description?.endsWith(`start undo-${WORKFLOW}.`));
  if (!rule?.Name) throw new Error(`No rule starts undo-${WORKFLOW}.`);
  await rules.send(new DisableRuleCommand({ Name: rule.Name }));
  try {
    await work();
  } finally {
    await rules.send(new EnableRuleCommand({ Name: rule.Name }));
  }
}
