import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { awsError, fakeAws } from '../../test/fakes/aws.ts';
import { type DeployedWorkflow, executionArnOf, findWorkflow, stop, WorkflowNotDeployed } from './index.ts';

const aws = fakeAws();
const ssm = new SSMClient({});
const deployed: DeployedWorkflow = {
  stateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:fulfil-order',
  liveArn: 'arn:aws:states:eu-west-1:1:stateMachine:fulfil-order:live',
  undoMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:undo-fulfil-order',
};

describe('a deployed workflow', () => {
  test('is found by its name', async () => {
    aws.answer('GetParameter', () => ({ Parameter: { Value: JSON.stringify(deployed) } }));
    expect(await findWorkflow(ssm, 'fulfil-order')).toMatchObject(deployed);
    expect(aws.inputs('GetParameter')).toEqual([{ Name: '/breakwater/workflows/fulfil-order' }]);
  });

  test('that is not there is told with what to check', async () => {
    aws.answer('GetParameter', () => {
      throw awsError('ParameterNotFound');
    });
    const missing = findWorkflow(ssm, 'fulfill-order');
    await expect(missing).rejects.toThrow(WorkflowNotDeployed);
    await expect(missing).rejects.toThrow(
      'No workflow "fulfill-order" is deployed here: the parameter /breakwater/workflows/fulfill-order is missing. Check the account, the region and the name.',
    );
  });

  test('that may not be looked for is another error', async () => {
    aws.answer('GetParameter', () => {
      throw awsError('AccessDeniedException');
    });
    await expect(findWorkflow(ssm, 'fulfil-order')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('has executions by their names', () => {
    expect(executionArnOf(deployed, 'o-1')).toBe('arn:aws:states:eu-west-1:1:execution:fulfil-order:o-1');
  });
});

describe('an order that is stopped', () => {
  const executionArn = 'arn:aws:states:eu-west-1:1:execution:fulfil-order:o-1';
  beforeEach(() => aws.answer('DescribeExecution', () => ({ status: 'ABORTED' })));
  const stopped = () => stop(new SFNClient({}), deployed, 'o-1', 'customer called');

  test('is ended with the reason, and undone under its own name', async () => {
    aws.answer('StartExecution', () => ({ executionArn: 'undo' }));
    expect(await stopped()).toEqual({ started: true, undoExecutionArn: 'undo' });
    expect(aws.inputs('StopExecution')).toEqual([{ executionArn, error: 'Stopped', cause: 'customer called' }]);
    expect(aws.inputs('StartExecution')).toEqual([
      {
        stateMachineArn: deployed.undoMachineArn,
        name: 'o-1',
        input: JSON.stringify({ execution: 'o-1', executionArn, status: 'ABORTED' }),
      },
    ]);
  });

  test('and is being undone already says so', async () => {
    aws.answer('StartExecution', () => {
      throw awsError('ExecutionAlreadyExists');
    });
    expect(await stopped()).toEqual({ started: false, reason: 'it is being undone already' });
  });

  test('is undone though what is read lags behind what was stopped', async () => {
    aws.answer('DescribeExecution', (_, call) => ({ status: call < 3 ? 'RUNNING' : 'ABORTED' }));
    expect(await stopped()).toMatchObject({ started: true });
  });

  test('but does not exist is not undone', async () => {
    aws.answer('StopExecution', () => {
      throw awsError('ExecutionDoesNotExist');
    });
    await expect(stopped()).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    expect(aws.inputs('StartExecution')).toEqual([]);
  });

  test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT'])('but had ended before (%s) is left as it ended', async (status) => {
    // StopExecution of a closed execution is no error on AWS.
    aws.answer('DescribeExecution', () => ({ status }));
    expect(await stopped()).toMatchObject({ started: false });
    expect(aws.inputs('StartExecution')).toEqual([]);
  });

  test.each([
    ['SUCCEEDED', 'is left as it ended'],
    ['RUNNING', 'says why it cannot be stopped'],
  ])('where stopping is refused and it is %s, %s', async (status) => {
    aws.answer('StopExecution', () => {
      throw awsError('ValidationException', 'Execution is not running');
    });
    aws.answer('DescribeExecution', () => ({ status }));
    if (status === 'RUNNING') await expect(stopped()).rejects.toThrow('Execution is not running');
    else expect(await stopped()).toMatchObject({ started: false, reason: 'it had ended before (SUCCEEDED)' });
    expect(aws.inputs('StartExecution')).toEqual([]);
  });
});
