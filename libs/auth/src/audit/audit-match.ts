import type { AuditLine, AuditQuestion } from './audit.schema';

/** Whether a line is about the resource and by the principal that are asked for. */
export function isSought({ resource, principal }: AuditLine, question: AuditQuestion): boolean {
  return (
    (!question.resource || Object.values(resource).includes(question.resource)) &&
    (!question.principal || principal === question.principal)
  );
}

/** What a line has to contain for {@link isSought}, as JSON writes it: cheaper to look for than to read every line. */
export function soughtTexts({ resource, principal }: AuditQuestion): string[] {
  return [resource, principal].filter((text) => text !== undefined && text !== '').map((text) => JSON.stringify(text));
}
