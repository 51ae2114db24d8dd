// `npm run test:stack`: the shipped observability stack, run for real. Kept apart from `npm test`, which needs no programs.
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/stack/**/*.stack.ts'],
  globalSetup: '<rootDir>/test/stack/global-setup.ts',
  testTimeout: 180_000,
  // Mostly they wait for an alert.
  maxWorkers: 3,
};
