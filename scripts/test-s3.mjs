// `npm run test:s3`: runs the tests of S3 backends against a real store, Ceph RADOS Gateway, which it installs when
// needed, starts for itself, and removes afterwards. Set S3_TEST_ENDPOINT (and the other S3_TEST_ variables of
// test/s3/gateway.ts) to use a store that runs already. More arguments go to Jest.
import { spawn } from 'node:child_process';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GatewayUnavailableError, installRadosGateway, startRadosGateway } from './rados-gateway.mjs';

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
  if (process.env.S3_TEST_ENDPOINT) return runTests({});
  installRadosGateway();
  const started = Date.now();
  console.log('Starting RADOS Gateway ...');
  running.gateway = await startRadosGateway();
  try {
    const { endpoint, accessKeyId, secretAccessKey } = running.gateway;
    await createBuckets(running.gateway);
    console.log(`RADOS Gateway is ready at ${endpoint} after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return await runTests({
      ...buckets,
      S3_TEST_ENDPOINT: endpoint,
      S3_TEST_ACCESS_KEY_ID: accessKeyId,
      S3_TEST_SECRET_ACCESS_KEY: secretAccessKey,
      S3_TEST_REGION: 'us-east-1',
    });
  } finally {
    await running.gateway.stop();
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
  running.jest = spawn(process.execPath, ['scripts/jest.mjs', 'test/s3', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return new Promise((resolve, reject) => {
    running.jest.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof GatewayUnavailableError ? error.message : error);
  console.error('\nThe S3 tests did not run.');
  process.exitCode = 1;
}
