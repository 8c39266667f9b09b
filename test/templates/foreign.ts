import { App, type AppProps } from 'aws-cdk-lib';

/**
 * Somebody else's app. CDK's own check of the templates is off: it takes longer than making them, and the house's
 * templates, of the same constructs, are checked.
 */
export const foreignApp = (props: AppProps = {}): App => new App({ builtinCloudFormationValidation: false, ...props });
