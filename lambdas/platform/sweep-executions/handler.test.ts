import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { awsError, fakeAws } from '../../../test/fakes/aws.ts';
import { handler } from './handler.ts';

const aws = fakeAws();
const addressOf = (name: string) => ({
  stateMachineArn: `arn:aws:states:eu-west-1:1:stateMachine:${name}`,
  liveArn: `arn:aws:states:eu-west-1:1:stateMachine:${name}:live`,
  undoMachineArn: `arn:aws:states:eu-west-1:1:stateMachine:undo-${name}`,
  timeoutSeconds: 60,
});

beforeEach(() => {
  process.env.WORKFLOWS = '["one","two"]';
  jest.spyOn(console, 'log').mockImplementation(() => {});
  aws.answer('GetParameter', ({ Name }) => ({
    Parameter: { Value: JSON.stringify(addressOf(Name.split('/').at(-1))) },
  }));
});
afterEach(() => {
  delete process.env.WORKFLOWS;
  delete process.env.NAME_PREFIX;
});

const listed = () => [...new Set(aws.inputs('ListExecutions').map(({ stateMachineArn }) => stateMachineArn))];

test('looks at each workflow of the platform', async () => {
  const nothing = { ended: 0, lookedAt: 0, started: [], left: 0 };
  expect(await handler({ hours: 1 })).toEqual({ one: nothing, two: nothing });
  expect(listed()).toEqual(['one', 'two'].map((name) => addressOf(name).stateMachineArn));
});

test('finds them by the platform’s prefix', async () => {
  process.env.NAME_PREFIX = 'shop-';
  await handler({ hours: 1 });
  expect(aws.inputs('GetParameter').map(({ Name }) => Name)).toEqual([
    '/breakwater/workflows/shop-one',
    '/breakwater/workflows/shop-two',
  ]);
});

test('looks as far back as the rule says', async () => {
  const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * 3_600_000);
  const old = { executionArn: 'old', name: 'old', startDate: at(5), stopDate: at(5) };
  aws.answer('ListExecutions', ({ statusFilter, stateMachineArn }) =>
    statusFilter === 'ABORTED' && stateMachineArn.endsWith(':one') ? { executions: [old] } : {},
  );
  aws.answer('DescribeExecution', () => ({ status: 'ABORTED' }));
  await handler({ hours: 1 });
  expect(aws.calls('StartExecution')).toEqual([]);
  await handler({ hours: 6 });
  expect(aws.calls('StartExecution')).toHaveLength(1);
});

test('a workflow that is not deployed yet is none to look at', async () => {
  aws.answer('GetParameter', ({ Name }) => {
    if (Name.endsWith('/one')) throw awsError('ParameterNotFound');
    return { Parameter: { Value: JSON.stringify(addressOf('two')) } };
  });
  await handler({ hours: 1 });
  expect(listed()).toEqual([addressOf('two').stateMachineArn]);
});

test('a workflow that cannot be looked at hides no other, and the sweep fails', async () => {
  aws.answer('ListExecutions', ({ stateMachineArn }) => {
    if (stateMachineArn.endsWith(':one')) throw awsError('ThrottlingException', 'too many lists');
  });
  await expect(handler({ hours: 1 })).rejects.toThrow('too many lists');
  expect(listed()).toContain(addressOf('two').stateMachineArn);
});
