// The CDK app of the throughput benchmark: the same workflow, by Breakwater and by hand.
import { App } from 'aws-cdk-lib';
import { EMULATOR_DIFFERENCES, LeaveOut } from '../../../lib/local/deployment/index.ts';
import { BREAKWATER, BreakwaterStack } from './breakwater/stack.ts';
import { HAND_WRITTEN, HandWrittenStack } from './hand-written/stack.ts';

const app = new App();
const env = { account: '000000000000', region: 'us-east-1' };
new BreakwaterStack(app, BREAKWATER, { env });
new HandWrittenStack(app, HAND_WRITTEN, { env });
LeaveOut.from(app, EMULATOR_DIFFERENCES.emulator);
app.synth();
