export { type Launched, type LaunchOptions, LOCAL_TIME_SCALE, launch } from './launch.ts';
export { openTarget, type Target, TargetError, type TargetKind } from './target.ts';
