import { loadSpecification, specificationAbsence } from './specification';
import { describeWithSpecification } from './specification-suite';

it('a configured folder without the specification is an error, not a silent skip', () => {
  const configured = process.env.TAMS_SPEC_DIR;
  process.env.TAMS_SPEC_DIR = '/nowhere';
  try {
    jest.isolateModules(() => {
      const fresh = jest.requireActual<{ loadSpecification: typeof loadSpecification }>('./specification');
      expect(() => fresh.loadSpecification()).toThrow(/no TAMS specification .* in \/nowhere.*TAMS_SPEC_DIR/);
    });
    expect(specificationAbsence()).toContain('/nowhere');
  } finally {
    if (configured === undefined) delete process.env.TAMS_SPEC_DIR;
    else process.env.TAMS_SPEC_DIR = configured;
  }
});

describeWithSpecification('Specification', (specification) => {
  it('is version 8.2 and is read once', () => {
    expect(specification.version).toBe('8.2');
    expect(loadSpecification()).toBe(specification);
  });

  it.each([
    ['GET', '/', 'GET_root', {}],
    ['GET', '/flows', 'GET_flows', {}],
    ['PUT', '/flows/f1/tags/a%2Fb%20c', 'PUT_flows-flowId-tags-name', { flowId: 'f1', name: 'a/b c' }],
    ['GET', '/objects/bucket%2Fkey', 'GET_objects', { objectId: 'bucket/key' }],
    ['POST', '/objects/x/instances', 'POST_objects-instances', { objectId: 'x' }],
    ['GET', '/flows/%zz', 'GET_flows-flowId', { flowId: '%zz' }],
  ])('%s %s is %s', (method, path, id, values) => {
    const match = specification.find(method, path);
    expect(match?.operation.id).toBe(id);
    expect(Object.fromEntries(match?.pathValues ?? [])).toEqual(values);
  });

  it.each([
    ['PATCH', '/flows'],
    ['GET', '/objects/bucket/key'],
    ['GET', '/flows/'],
    ['GET', '/flow'],
  ])('%s %s is no operation', (method, path) => {
    expect(specification.find(method, path)).toBeUndefined();
  });

  it('keeps the headers the document writes beside a reference', () => {
    const operation = specification.find('HEAD', '/service/storage-backends')!.operation;
    expect([...operation.responses.get(200)!.headers.keys()]).toContain('x-paging-limit');
  });

  it('matches templated query parameters and credentials', () => {
    const { parameters } = specification.find('GET', '/flows')!.operation;
    const known = (name: string): boolean => parameters.some((parameter) => parameter.pattern.test(name));
    expect([known('tag.a.b'), known('tag_exists.x'), known('tag.'), known('tagged')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([...specification.credentialParameters]).toEqual(['access_token']);
  });
});
