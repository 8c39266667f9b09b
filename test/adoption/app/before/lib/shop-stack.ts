import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as cdk from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

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
    new cdk.CfnOutput(this, 'StockTable', { value: stock.tableName });
    new cdk.CfnOutput(this, 'QuoteFunction', { value: quote.functionName });
  }
}
