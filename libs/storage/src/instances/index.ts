export { ObjectInstancesModule } from './instances.module';
