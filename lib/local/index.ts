export { type Launched, type LaunchOptions, LOCAL_TIME_SCALE, launch } from './launch.ts';
export { openRunningTarget } from './running.ts';
export { emulatorLogOf, openTarget, type Target, TargetError, type TargetKind } from './target.ts';
