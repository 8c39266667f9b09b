export type { AssemblyStack } from './assembly.ts';
export { type Deployment, type DeploymentPart, type DeploymentStep, type DeployOptions, deploy } from './deploy.ts';
export { EMULATOR_DIFFERENCES, type EmulatorDifference } from './emulator-differences.ts';
export { ACCOUNT, CREDENTIALS, environmentFor, REGION } from './environment.ts';
export { DeploymentFailed, NoEmulator } from './errors.ts';
export { LeaveOut } from './leave-out.ts';
