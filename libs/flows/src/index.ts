export {
  FlowBeingDeletedError,
  FlowNotFoundError,
  FlowReadOnlyError,
  FlowRuleError,
  FlowWithoutContainerError,
} from './flow.errors';
export { FlowEvents, type FlowIdentity } from './writing/flow-events';
export { FlowLock } from './writing/flow-lock';
export { FlowRemoval } from './writing/flow-removal';
export { FlowRepository, type LockedFlow } from './flow.repository';
export { type Flow, flow, flowStatus } from './flow.schema';
export { FlowWritingService } from './writing/flow-writing.service';
export { FlowsModule } from './flows.module';
export { flowVocabulary } from './flow.vocabulary';
