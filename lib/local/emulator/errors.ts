/** What keeps a local emulator from running. Every message says what to do about it. */
export class EmulatorError extends Error {
  override name = 'EmulatorError';
}

/** No usable Python on this machine: none found, too old, or without `venv`. */
export class PythonNotFound extends EmulatorError {
  override name = 'PythonNotFound';
}

/** The private Python environment could not be made; most often because the package index can't be reached. */
export class PythonEnvironmentFailed extends EmulatorError {
  override name = 'PythonEnvironmentFailed';
}

/** The emulator did not come up, or a running one may not be replaced. */
export class EmulatorNotStarted extends EmulatorError {
  override name = 'EmulatorNotStarted';
}

/** A running emulator could not be ended. */
export class EmulatorNotEnded extends EmulatorError {
  override name = 'EmulatorNotEnded';
}
