// `npm run test:faults`: what breaks around the server, broken on purpose. Kept apart from `npm test`: it takes minutes.
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/**/*.faults.ts'],
  testTimeout: 3_600_000,
  // One at a time: faults are judged by how long recovery takes.
  maxWorkers: 1,
};
