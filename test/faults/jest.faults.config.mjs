// `npm run test:faults`: what breaks around the server, broken on purpose. Kept apart from `npm test`: it takes minutes.
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/**/*.faults.ts'],
  // Longer than any test of a server that holds, the crash loop included: what hangs is to fail while somebody still looks.
  testTimeout: (300 + Number(process.env['FAULTS_SECONDS'] ?? 20)) * 1000,
  // One at a time: faults are judged by how long recovery takes.
  maxWorkers: 1,
};
