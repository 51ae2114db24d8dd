import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { RateLimitedSampler } from './rate-limited-sampler';
import { DEFAULT_TRACES_PER_SECOND, tracingSettingsFrom } from './tracing-settings';

it.each([
  [{}, []],
  [{ OTLP_ENDPOINT: 'http://collector:4318/v1/traces' }, ['http://collector:4318/v1/traces']],
  [{ OTLP_ENDPOINT: 'http://collector:4318' }, ['http://collector:4318/v1/traces']],
  [{ JAEGER_ENDPOINT: 'jaeger:4318' }, ['http://jaeger:4318/v1/traces']],
  [{ JAEGER_ENDPOINT: 'jaeger:4318', OTLP_ENDPOINT: 'http://jaeger:4318/v1/traces' }, ['http://jaeger:4318/v1/traces']],
  [{ JAEGER_ENDPOINT: 'localhost:14268' }, ['http://localhost:4318/v1/traces']],
  [{ JAEGER_ENDPOINT: 'http://jaeger:14268/api/traces' }, ['http://jaeger:4318/v1/traces']],
  [{ JAEGER_ENDPOINT: 'jaeger:4318', OTEL_SDK_DISABLED: 'true' }, []],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/base/' }, ['http://c:4318/base/v1/traces']],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/as-is' }, ['http://c:4318/as-is']],
  [{ OTLP_ENDPOINT: 'http://c:4318', OTEL_TRACES_EXPORTER: 'none' }, []],
  [{ OTLP_ENDPOINT: 'not a url', JAEGER_ENDPOINT: '::::' }, []],
])('%j sends to %j', (environment, endpoints) => {
  expect(tracingSettingsFrom(environment).endpoints).toEqual(endpoints);
});

it.each([
  [{}, { kind: 'rate', argument: DEFAULT_TRACES_PER_SECOND, parentBased: true }],
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, { kind: 'always', argument: 1, parentBased: false }],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, { kind: 'never', argument: 0, parentBased: true }],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    { kind: 'ratio', argument: 0.25, parentBased: true },
  ],
  [
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' },
    { kind: 'ratio', argument: 1, parentBased: false },
  ],
  [{ OTEL_TRACES_SAMPLER_ARG: '0.5' }, { kind: 'ratio', argument: 0.5, parentBased: true }],
])('%j samples by %j', (environment, sampler) => {
  expect(tracingSettingsFrom(environment).sampler).toEqual(sampler);
});

it('what is done otherwise than it stands is said, with what to write', () => {
  expect(tracingSettingsFrom({ JAEGER_ENDPOINT: 'jaeger:4318' }).warnings).toEqual([]);
  expect(tracingSettingsFrom({ JAEGER_ENDPOINT: 'jaeger:14268' }).warnings).toEqual([
    expect.stringContaining('Write JAEGER_ENDPOINT=jaeger:4318'),
  ]);
  expect(tracingSettingsFrom({ OTEL_SDK_DISABLED: 'true' }).warnings).toHaveLength(1);
});

it('the rate limit lets a burst through, then so many a second, evenly spread', () => {
  let now = 0;
  const sampler = new RateLimitedSampler(10, () => now);
  const sampled = (times: number) =>
    Array.from({ length: times }, () => sampler.shouldSample().decision === SamplingDecision.RECORD_AND_SAMPLED).filter(
      Boolean,
    ).length;
  expect(sampled(100)).toBe(10);
  now = 100;
  expect(sampled(100)).toBe(1);
  now = 200;
  expect(sampled(100)).toBe(1);
  now = 60_000;
  expect(sampled(100)).toBe(10);
});
