import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Atom, Platform, Workflow } from '../../../../lib/constructs/index.ts';
import { bookInvoice, bookSlot, bookStock } from './contracts.ts';
import { bookOrder } from './workflow.ts';

export const BREAKWATER = 'benchmark-breakwater';

/** Three steps over queues, each with one write, by Breakwater. */
export class BreakwaterStack extends Stack {
  constructor(...given: ConstructorParameters<typeof Stack>) {
    super(...given);
    const bookings = new Table(this, 'Bookings', {
      partitionKey: { name: 'bookingId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const platform = new Platform(this, 'Breakwater');
    const atoms = [bookStock, bookSlot, bookInvoice].map(
      (contract) =>
        new Atom(this, contract.name, {
          platform,
          contract,
          entry: `${import.meta.dirname}/${contract.name}.ts`,
          tables: { bookings: bookings as ITable },
          maxConcurrency: MAX_CONCURRENCY,
        }),
    );
    new Workflow(this, 'BookOrder', { platform, workflow: bookOrder, atoms });
  }
}

/** Batches of one queue at a time, in both. */
export const MAX_CONCURRENCY = 4;
