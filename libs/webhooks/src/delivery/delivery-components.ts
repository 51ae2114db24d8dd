import { Injectable } from '@nestjs/common';
import { DeliveryMetrics } from '../delivery-metrics';
import type { DeliveryDependencies } from './delivery-worker';
import { SuccessRecorder } from './success-recorder';
import { HttpSender } from './http-sender';
import { MessageWriter } from './message';
import { OwedReader } from './owed-reader';
import { Receivers } from './receiver';

/** What workers need that the worker itself does not. */
@Injectable()
export class DeliveryComponents {
  constructor(
    private readonly owed: OwedReader,
    private readonly ledger: SuccessRecorder,
    private readonly sender: HttpSender,
    private readonly messages: MessageWriter,
    private readonly receivers: Receivers,
    private readonly figures: DeliveryMetrics,
  ) {}

  all(): Pick<DeliveryDependencies, 'owed' | 'ledger' | 'sender' | 'messages' | 'receivers' | 'figures'> {
    const { owed, ledger, sender, messages, receivers, figures } = this;
    return { owed, ledger, sender, messages, receivers, figures };
  }
}
