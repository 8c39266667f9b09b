export { type Emulator, type EmulatorExit, type EmulatorOptions, startEmulator } from './emulator.ts';
export { type EndpointKind, identifyEndpoint } from './endpoint.ts';
export { type PythonEnvironmentOptions, preparePythonEnvironment } from './environment.ts';
export {
  EmulatorError,
  EmulatorNotEnded,
  EmulatorNotStarted,
  PythonEnvironmentFailed,
  PythonNotFound,
} from './errors.ts';
export { endRunningEmulator, findRunningEmulator, type RunningEmulator } from './pid-file.ts';
export { findPython, type Python } from './python.ts';
