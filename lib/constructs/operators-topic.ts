import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { HostingProps } from './hosting.ts';

/** The topic that operators subscribe to: alarms, dead letters, parked steps. */
export function operatorsTopic(scope: Construct, topicName: string, { encryptionKey }: HostingProps): ITopic {
  const topic = new Topic(scope, 'Operators', {
    topicName,
    displayName: 'Breakwater: alarms and parked steps',
    enforceSSL: true,
    ...(encryptionKey ? { masterKey: encryptionKey } : {}),
  });
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
  // A policy of its own takes the place of the default one, which lets alarms of the account publish.
  topic.addToResourcePolicy(
    new PolicyStatement({ principals: [alarms], actions: ['sns:Publish'], resources: [topic.topicArn] }),
  );
  encryptionKey?.grantEncryptDecrypt(alarms);
  return topic as ITopic;
}
