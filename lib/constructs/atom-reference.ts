import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { contractId, isCalledDirectly } from '../contract/index.ts';
import type { Plan } from '../workflow/index.ts';
import type { AtomContract } from './atom-contract.ts';
import { sendStatement } from './atom-permissions.ts';
import { BreakwaterSynthError } from './errors.ts';
import { Names } from './names.ts';

/** An atom that a workflow can use, made in this stack or anywhere else in the account. */
export interface IAtom {
  /** Of the platform that it was made with: a workflow of another one would wait for it in vain. */
  readonly names: Names;
  readonly contract: AtomContract;
  /** The ARN of its Lambda alias `live`. */
  readonly liveArn: string;
  /** Of its major version. A pure atom is called directly and has none. */
  readonly queue?: IQueue;
  /** Lets the atom work for a workflow: its records and its tokens. */
  serveWorkflow(plan: Plan): void;
  /** Lets somebody call it and wait for the answer. */
  grantCall(grantee: IGrantable): void;
  /** Lets somebody put work into its queue. */
  grantSend(grantee: IGrantable): void;
}

/** What an atom and a reference to one have in common. */
export abstract class AtomBase extends Construct implements IAtom {
  abstract readonly names: Names;
  abstract readonly contract: AtomContract;
  abstract readonly liveArn: string;
  abstract readonly queue?: IQueue;

  abstract serveWorkflow(plan: Plan): void;

  // Not the function's own grantInvoke: for a function of another stack it allows every version beside the alias.
  grantCall({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.liveArn] }),
    );
  }

  // Not the queue's own grantSendMessages, which allows reading its attributes and its URL too.
  /** @throws BreakwaterSynthError for a pure atom, which has no queue */
  grantSend(grantee: IGrantable): void {
    const { queue } = this;
    if (!queue) {
      throw new BreakwaterSynthError(
        this,
        `${contractId(this.contract)} is pure and has no queue: nobody can send to it. Use it in a step.`,
      );
    }
    grantee.grantPrincipal.addToPrincipalPolicy(sendStatement(queue.queueArn));
    queue.encryptionMasterKey?.grantEncryptDecrypt(grantee);
  }
}

export interface AtomReferenceProps {
  /** The prefix of the platform that the atom was made with. Left out, none. */
  readonly prefix?: string;
  /** The key of the atom's queue, which whoever sends to it has to use. Left out, one that AWS owns. */
  readonly encryptionKey?: IKey;
}

/**
 * An atom that another stack has made, found by its contract alone. The stack that made it must know the workflows that
 * it serves: nothing here can change its role.
 */
export class ReferencedAtom extends AtomBase {
  readonly names: Names;
  readonly contract: AtomContract;
  readonly liveArn: string;
  override readonly queue?: IQueue;

  constructor(scope: Construct, id: string, contract: AtomContract, { prefix, encryptionKey }: AtomReferenceProps) {
    super(scope, id);
    this.contract = contract;
    this.names = new Names(this, prefix);
    this.liveArn = this.names.liveFunctionArn(contract);
    if (isCalledDirectly(contract)) return;
    this.queue = Queue.fromQueueAttributes(this, 'Queue', {
      queueArn: this.names.queueArn(contract),
      ...(encryptionKey ? { keyArn: encryptionKey.keyArn } : {}),
    });
  }

  override serveWorkflow(): void {
    // The stack that made it has told it.
  }
}
