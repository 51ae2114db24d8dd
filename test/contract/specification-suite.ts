import { loadSpecification, specificationAbsence, type Specification } from './specification';

/**
 * A `describe` for tests that read the TAMS specification: runs where it is present, and is
 * reported as skipped, with the reason in its title, where it is not.
 */
export function describeWithSpecification(title: string, tests: (specification: Specification) => void): void {
  const specification = loadSpecification();
  if (specification) {
    describe(title, () => {
      tests(specification);
    });
  } else {
    describe.skip(`${title} (skipped: ${specificationAbsence()})`, () => {
      it.todo('runs where the specification is present');
    });
  }
}
