// `npm run test:s3`: runs the tests of S3 backends against a real store, Ceph RADOS Gateway, which it installs when
// needed, starts for itself, and removes afterwards; and the HTTP tests of media, objects and deletion on that store
// instead of files. `--store=seaweedfs` takes SeaweedFS instead, as docker-compose.yml runs it. Set S3_TEST_ENDPOINT (and the
// other S3_TEST_ variables of test/s3/gateway.ts) to use a store that runs already. More arguments go to Jest.
import { spawn } from 'node:child_process';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { installPrograms, PackagesUnavailableError } from './debian-packages.mjs';
import { GatewayUnavailableError, installRadosGateway, startRadosGateway } from './rados-gateway.mjs';
import { installSeaweedfs, SeaweedUnavailableError, startSeaweedfs } from './seaweedfs.mjs';

const usage = `Usage: npm run test:s3 -- [--store=seaweedfs] [Jest's arguments]

Tests on a real S3 store: Ceph RADOS Gateway or SeaweedFS, which is installed and started for it, or the one S3_TEST_ENDPOINT
names.`;
if (['--help', '-h'].includes(process.argv[2])) {
  console.log(usage);
  process.exit(0);
}

/** How each store is had, and the name by which tests excuse what it cannot do. */
const stores = {
  rados: { name: 'RADOS Gateway', install: installRadosGateway, start: startWithBuckets },
  seaweedfs: { name: 'SeaweedFS', install: installSeaweedfs, start: () => startSeaweedfs(Object.values(buckets)) },
};

const jestArguments = process.argv.slice(2).filter((argument) => !argument.startsWith('--store='));
const chosen = process.argv.find((argument) => argument.startsWith('--store='))?.slice('--store='.length) ?? 'rados';

const buckets = { S3_TEST_BUCKET: 'tams-test', S3_TEST_SECOND_BUCKET: 'tams-test-second' };

/** What runs now and must end when this does. */
const running = { jest: undefined, gateway: undefined };

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    running.jest?.kill('SIGTERM');
    Promise.resolve(running.gateway?.stop()).finally(() => process.exit(1));
  });
}

async function main() {
  // A browser uploads and plays, too.
  if (!process.env.CHROMIUM_PATH) await installPrograms({ chromium: 'chromium' });
  if (process.env.S3_TEST_ENDPOINT) return runTests({});
  const store = stores[chosen];
  if (!store) {
    console.error(`There is no store ${chosen}; choose from ${Object.keys(stores).join(', ')}.\n\n${usage}`);
    return 64;
  }
  await store.install();
  const started = Date.now();
  console.log(`Starting ${store.name} ...`);
  running.gateway = await store.start();
  try {
    const { endpoint, accessKeyId, secretAccessKey } = running.gateway;
    console.log(`${store.name} is ready at ${endpoint} after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return await runTests({
      ...buckets,
      S3_TEST_STORE: chosen,
      S3_TEST_ENDPOINT: endpoint,
      S3_TEST_ACCESS_KEY_ID: accessKeyId,
      S3_TEST_SECRET_ACCESS_KEY: secretAccessKey,
      S3_TEST_REGION: 'us-east-1',
    });
  } finally {
    await running.gateway.stop();
  }
}

async function startWithBuckets() {
  const gateway = await startRadosGateway();
  try {
    await createBuckets(gateway);
    return gateway;
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

async function createBuckets({ endpoint, accessKeyId, secretAccessKey }) {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    // The first bucket makes the gateway create its pools, and may be refused until they are there.
    maxAttempts: 10,
  });
  for (const Bucket of Object.values(buckets)) await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
}

/** @returns {Promise<number>} Jest's exit code */
function runTests(environment) {
  const options = ['--config', 'test/s3/jest.s3.config.mjs', ...jestArguments];
  running.jest = spawn(process.execPath, ['scripts/jest.mjs', ...options], {
    stdio: 'inherit',
    env: { ...process.env, ...environment, TEST_STORAGE: 's3' },
  });
  return new Promise((resolve, reject) => {
    running.jest.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = [GatewayUnavailableError, PackagesUnavailableError, SeaweedUnavailableError];
  console.error(expected.some((kind) => error instanceof kind) ? error.message : error);
  console.error('\nThe S3 tests did not run.');
  process.exitCode = 1;
}
