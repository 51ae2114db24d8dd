import { Global, Module } from '@nestjs/common';
import { Outbox } from './outbox';
import { OutboxRepository } from './outbox.repository';

/** Where facts leave the store: whoever changes something tells of it here, in the transaction of the change. */
@Global()
@Module({ providers: [OutboxRepository, Outbox], exports: [Outbox] })
export class OutboxModule {}
