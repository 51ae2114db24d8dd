import { recordStatements } from './floor-setup';

describe('the floor of the benchmark', () => {
  it('asks PostgreSQL what the server asks', async () => {
    const statements = await recordStatements();
    expect(
      Object.values<string>({ ...statements }).every((text) => /^(SELECT|INSERT|UPDATE|WITH)\b/.test(text.trim())),
    ).toBe(true);
  });
});
