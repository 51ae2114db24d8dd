export { webhookMechanism } from './event-stream';
export { EventsModule } from './events.module';
export { Retention } from './retention';
export { HttpSender } from './sending/http-sender';
export { AddressPolicy } from './target/address-policy';
export { HostResolver } from './target/host-resolver';
