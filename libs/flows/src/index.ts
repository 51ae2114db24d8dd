export { FlowBeingDeletedError, FlowNotFoundError, FlowReadOnlyError, FlowRuleError } from './flow.errors';
export { FlowEvents, type FlowIdentity } from './flow-events';
export { FlowLock } from './flow-lock';
export { FlowRemoval } from './flow-removal';
export { FlowRepository, type LockedFlow } from './flow.repository';
export { type Flow, flow } from './flow.schema';
export { FlowService } from './flow.service';
export { FlowsModule } from './flows.module';
export { flowVocabulary } from './flow.vocabulary';
