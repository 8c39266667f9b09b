export { type Deployment, type DeployOptions, deploy } from './deploy.ts';
export { ACCOUNT, CREDENTIALS, environmentFor, REGION } from './environment.ts';
export { DeploymentFailed, NoEmulator } from './errors.ts';
