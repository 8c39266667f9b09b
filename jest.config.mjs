// Projects of one runner: `unit` needs nothing but Node, `templates` CDK, `package` installs the package as others get
// it, `adoption` puts it into somebody's CDK app, `emulator` a MiniStack of its own, `integration` a deployed app; `start` and `dev` run the commands as a user does, and
// `new` in a copy of this project, which it then checks.
const shared = {
  transform: {
    '^.+\\.(t|m?j)s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'commonjs' } },
    ],
  },
  moduleFileExtensions: ['ts', 'mjs', 'js', 'json'],
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/cdk.out/', '<rootDir>/dist/', '<rootDir>/.breakwater/'],
};

export default {
  // On a busy machine everything takes several times as long.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{bin,lib,lambdas,state-machines}/**/*.test.ts', '<rootDir>/test/unit/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'templates',
      testMatch: ['<rootDir>/test/templates/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/templates/limits.ts'],
    },
    {
      ...shared,
      displayName: 'emulator',
      testMatch: ['<rootDir>/test/{emulator,polyglot}/**/*.test.ts'],
    },
    { ...shared, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'package',
      testMatch: ['<rootDir>/test/package/**/*.test.ts'],
      globalSetup: '<rootDir>/test/package/setup.ts',
      globalTeardown: '<rootDir>/test/package/teardown.ts',
    },
    {
      ...shared,
      displayName: 'adoption',
      testMatch: ['<rootDir>/test/adoption/**/*.test.ts'],
      globalSetup: '<rootDir>/test/package/setup.ts',
      globalTeardown: '<rootDir>/test/package/teardown.ts',
    },
    { ...shared, displayName: 'new', testMatch: ['<rootDir>/test/new/**/*.test.ts'] },
    { ...shared, displayName: 'start', testMatch: ['<rootDir>/test/start/**/*.test.ts'] },
    { ...shared, displayName: 'dev', testMatch: ['<rootDir>/test/dev/**/*.test.ts'] },
  ],
};
