// `npm run test:cluster`: three servers behind a real balancer. Kept apart from `npm test`: it takes minutes.
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: [
    '<rootDir>/test/cluster/**/*.cluster.ts',
    // What only the long form has.
    ...(process.env['CLUSTER_LONG'] === 'true' ? ['<rootDir>/test/cluster/**/*.long.ts'] : []),
  ],
  // Longer than any round takes that holds: what hangs is to fail while somebody still looks.
  testTimeout: process.env['CLUSTER_LONG'] === 'true' ? 3_600_000 : 600_000,
  // One at a time: what breaks is judged by how long it takes to recover.
  maxWorkers: 1,
};
