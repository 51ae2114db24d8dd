import { randomUUID } from 'node:crypto';
import { flowPut } from './flow.schema';

const video = {
  format: 'urn:x-nmos:format:video',
  codec: 'video/h264',
  container: 'video/mp2t',
  essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 1920, frame_height: 1080 },
};

const complaints = (changes: Readonly<Record<string, unknown>>): string[] =>
  (flowPut.safeParse({ id: randomUUID(), source_id: randomUUID(), ...changes }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('the body of PUT /flows/{flowId}', () => {
  it('is checked against its format alone, so that mistakes are named precisely', () => {
    expect(complaints(video)).toEqual([]);
    expect(complaints({ ...video, codec: 42 }).map((text) => text.split(':')[0])).toEqual(['codec']);
    const without = complaints({ ...video, essence_parameters: { frame_width: 1920, frame_height: 1080 } });
    expect(without.map((text) => text.split(':')[0])).toEqual(['essence_parameters.frame_rate']);
  });

  it('takes its technical metadata from a Profile or brings it, never both', () => {
    const profile_id = randomUUID();
    expect(complaints({ profile_id })).toEqual([]);
    expect(complaints({ profile_id, codec: 'video/h264' })).toEqual([
      'codec: comes from the Profile and cannot be given together with profile_id',
    ]);
  });

  it('leaves a Profile by an empty profile_id, and says then what it is made of', () => {
    expect(complaints({ profile_id: '', ...video })).toEqual([]);
    expect(complaints({ profile_id: '' }).length).toBeGreaterThan(0);
  });

  it('keeps fields nobody here knows', () => {
    const body = { id: randomUUID(), source_id: randomUUID(), ...video, vendor_extension: { colour: 'blue' } };
    expect(flowPut.parse(body)).toEqual(body);
  });
});
