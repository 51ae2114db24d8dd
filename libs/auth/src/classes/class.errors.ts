import { type ClassRight, ForbiddenError, listed } from '@tams/platform';

/** The caller may do something with this content, but not what was asked for (403). */
export class MissingClassRightError extends ForbiddenError {
  constructor(missing: readonly ClassRight[], purpose = 'this') {
    super(
      'class-right-missing',
      `You lack the right to ${missing.join(' and ')} by auth_classes, which ${purpose} needs.`,
    );
  }
}

/** What would be created could not be used by its creator (403). */
export class OwnClassMissingError extends ForbiddenError {
  /** @param own classes of the caller that would do */
  constructor(right: ClassRight, own: readonly string[]) {
    const choice = own.length === 0 ? 'you have none' : `yours are ${listed(own)}`;
    super(
      'own-class-missing',
      `tags.auth_classes must list a class on which you have the right to ${right} (${choice}): you could not use what you create.`,
    );
  }
}
