import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as cdk from 'aws-cdk-lib/core';
import { Atom, Platform, Workflow } from 'breakwater/constructs';
import type { Construct } from 'constructs';
import { reserveStock } from '../lambda/reserve-stock/contract';
import { placeOrder, quotePrice } from './place-order';

export class ShopStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);
    const key = new kms.Key(this, 'Key', { enableKeyRotation: true });
    const stock = new dynamodb.Table(this, 'Stock', {
      partitionKey: { name: 'sku', type: dynamodb.AttributeType.STRING },
      encryptionKey: key,
    });
    const quote = new lambda.Function(this, 'QuotePrice', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset('quote-price'),
    });

    const platform = new Platform(this, 'Breakwater', { encryptionKey: key });
    const existing = Atom.fromFunction(this, 'Quote', { platform, contract: quotePrice, function: quote });
    const entry = 'lambda/reserve-stock/handler.ts';
    const reserve = new Atom(this, 'Reserve', { platform, contract: reserveStock, entry, tables: { stock } });
    new Workflow(this, 'PlaceOrder', { platform, workflow: placeOrder, atoms: [existing, reserve] });

    new cdk.CfnOutput(this, 'StockTable', { value: stock.tableName });
    new cdk.CfnOutput(this, 'QuoteFunction', { value: quote.functionName });
  }
}
