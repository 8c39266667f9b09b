import type { CfnResource } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';

/** Something that the app has on AWS and that an emulator cannot have. */
export interface EmulatorDifference {
  /** CloudFormation's resource type. */
  readonly type: string;
  /** Which resources of the type. Left out, all. */
  readonly only?: (resource: CfnResource) => boolean;
  /** Why, and what stands in for it. */
  readonly reason: string;
  /** What tests it instead. */
  readonly coveredBy: string;
}

/**
 * What is left out when the app is deployed to an emulator, and nothing else differs. AWS gets everything.
 *
 * MiniStack's list is empty: what it lacked is mended at its start (lib/local/emulator/mends). LocalStack's is read
 * from the resource providers of its last community version, 4.14.0.
 */
export const EMULATOR_DIFFERENCES: Readonly<Record<'emulator' | 'localstack', readonly EmulatorDifference[]>> = {
  emulator: [],
  localstack: [
    {
      type: 'AWS::StepFunctions::StateMachineAlias',
      reason: 'LocalStack makes it by API only, not by CloudFormation. The machine itself is started instead.',
      coveredBy: 'test/templates and the suite on MiniStack',
    },
    {
      type: 'AWS::StepFunctions::StateMachineVersion',
      reason: 'LocalStack makes it by API only, not by CloudFormation.',
      coveredBy: 'test/templates and the suite on MiniStack',
    },
    {
      type: 'AWS::Events::Archive',
      reason: 'LocalStack makes it by API only, not by CloudFormation. No events are kept.',
      coveredBy: 'test/templates',
    },
    {
      type: 'AWS::CloudWatch::Alarm',
      only: (resource) => resource instanceof CfnAlarm && resource.metrics !== undefined,
      reason: 'LocalStack has no metric math in alarms.',
      coveredBy: 'lib/slo and test/templates',
    },
    {
      type: 'AWS::CloudWatch::CompositeAlarm',
      reason: 'The alarms that it joins are left out.',
      coveredBy: 'lib/slo and test/templates',
    },
  ],
};
