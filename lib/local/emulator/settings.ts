import { delimiter } from 'node:path';

/** What an emulator's process is given. */
interface EmulatorSettings {
  readonly port: number;
  readonly temporary: string;
  readonly nodeBin: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * What passes from this process's environment. Functions inherit the emulator's, and a function on AWS sees nothing of
 * a developer's machine: no AWS_PROFILE that leads to a real account, no NODE_OPTIONS, no secrets.
 */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'SystemRoot',
  'windir',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
];

/** The environment of the emulator's process. */
export function settingsOf(emulator: EmulatorSettings): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const inherited: Record<string, string> = Object.fromEntries(passed);
  return {
    ...inherited,
    PATH: [emulator.nodeBin, inherited.PATH ?? ''].join(delimiter),
    TMPDIR: emulator.temporary,
    TEMP: emulator.temporary,
    TMP: emulator.temporary,
    TZ: 'UTC',
    GATEWAY_PORT: String(emulator.port),
    BIND_HOST: '127.0.0.1',
    BREAKWATER_WATCH_PARENT: '1',
    LAMBDA_EXECUTOR: 'local',
    SFN_START_DELAY_SECONDS: '0',
    // Two listeners on fixed ports that nothing here needs; without them it is up sooner.
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    ...emulator.environment,
  };
}
