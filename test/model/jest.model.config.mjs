// `npm run test:model`: properties of the whole server, on random input. Kept apart from `npm test`, whose input is fixed.
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/model/**/*.model.ts'],
  // How long a run takes is decided by how many cases it is asked for. One of ordinary length that hangs is to fail while
  // somebody still looks.
  testTimeout: Number(process.env['MODEL_RUNS'] ?? 40) > 40 ? 3_600_000 : 900_000,
  maxWorkers: 1,
};
