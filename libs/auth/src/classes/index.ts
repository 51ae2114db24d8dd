export { MissingClassRightError, OwnClassMissingError } from './class.errors';
export { ClassAccess } from './class-access';
export { idsWithinClasses, withinClasses } from './class-conditions';
export { narrowedReach, type Reach } from './reach';
export { AUTH_CLASSES, classesOf, ClassRights } from './class-rights';
