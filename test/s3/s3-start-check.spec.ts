import { DeleteBucketCorsCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { neededCors } from '../../libs/storage/src/s3/s3-start-check';
import { describeWithGateway, gateway, openGateway } from './gateway';

describeWithGateway('Checking a real store at start', () => {
  let administrator: S3Client;

  beforeAll(() => {
    administrator = new S3Client({
      endpoint: gateway.endpoint,
      region: gateway.region,
      forcePathStyle: true,
      credentials: { accessKeyId: gateway.accessKeyId, secretAccessKey: gateway.secretAccessKey },
    });
  });

  afterEach(async () => {
    await administrator.send(new DeleteBucketCorsCommand({ Bucket: gateway.bucket }));
  });

  afterAll(() => {
    administrator.destroy();
  });

  async function findings(changes: Readonly<Record<string, unknown>> = {}): Promise<readonly string[]> {
    const backend = await openGateway(changes);
    const found = await backend.checkAtStart();
    backend.close();
    return found.map(({ level, message }) => `${level}: ${message}`);
  }

  it('names the CORS rule that browsers lack, and is content once it is there', async () => {
    const [ready, cors] = await findings();
    expect(ready).toBe(`info: storage backend gateway: ready (bucket ${gateway.bucket})`);
    expect(cors).toMatch(/^warn: .*no CORS rule lets them; allow them with: aws s3api put-bucket-cors --bucket/);
    const rule = JSON.parse(/--cors-configuration '(.*)'$/.exec(cors!)![1]!) as typeof neededCors;
    await administrator.send(new PutBucketCorsCommand({ Bucket: gateway.bucket, CORSConfiguration: rule }));
    expect(await findings()).toEqual([ready]);
  });

  it('is not content with a rule that lets browsers only read', async () => {
    const CORSConfiguration = {
      CORSRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'], AllowedHeaders: ['*'] }],
    };
    await administrator.send(new PutBucketCorsCommand({ Bucket: gateway.bucket, CORSConfiguration }));
    expect((await findings())[1]).toMatch(/^warn: .*browsers/);
  });

  it.each([
    ['a missing bucket', { bucket: 'no-such-bucket' }, /there is no such bucket; create it or correct bucket/],
    ['an unknown access key', { access_key_id: 'UNKNOWN' }, /does not know the access key; correct access_key_id/],
    ['a wrong secret', { secret_access_key: 'wrong' }, /correct secret_access_key/],
    ['a store that is not there', { endpoint: 'http://127.0.0.1:1' }, /ECONNREFUSED/],
  ])('says what to do about %s', async (_what, changes, advice) => {
    const found = await findings(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^error: storage backend gateway: /);
    expect(found[0]).toMatch(advice);
  });

  it('lets browsers upload, read ranges and see the headers they need', async () => {
    await administrator.send(new PutBucketCorsCommand({ Bucket: gateway.bucket, CORSConfiguration: neededCors }));
    const backend = await openGateway();
    const objectId = 'from a browser';
    const Origin = 'https://player.example.com';
    const { url } = backend.putRequest({
      objectId,
      contentType: 'video/mp4',
      presigned: true,
      baseUrl: '',
      expiresInSeconds: 600,
    });
    const getUrl = backend.getUrls({ objectId, baseUrl: '' })[0]!.url;

    const preflight = (target: string, method: string, headers: string): Promise<Response> =>
      fetch(target, {
        method: 'OPTIONS',
        headers: { Origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': headers },
      });
    const beforePut = await preflight(url, 'PUT', 'content-type');
    expect(beforePut.status).toBe(200);
    expect(beforePut.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(beforePut.headers.get('access-control-allow-headers')).toContain('content-type');
    const beforeGet = await preflight(getUrl, 'GET', 'range');
    expect(beforeGet.status).toBe(200);
    expect(beforeGet.headers.get('access-control-allow-headers')).toContain('range');

    const put = await fetch(url, {
      method: 'PUT',
      body: '0123456789',
      headers: { Origin, 'Content-Type': 'video/mp4' },
    });
    // A store may name the origin instead of all.
    const allowed = expect.stringMatching(/^(\*|https:\/\/player\.example\.com)$/) as string;
    expect([put.status, put.headers.get('access-control-allow-origin')]).toEqual([200, allowed]);
    const get = await fetch(getUrl, { headers: { Origin, Range: 'bytes=5-' } });
    expect([get.status, get.headers.get('access-control-allow-origin'), await get.text()]).toEqual([
      206,
      allowed,
      '56789',
    ]);
    expect(get.headers.get('access-control-expose-headers')).toContain('Content-Range');
    backend.close();
  });
});
