import { Injectable } from '@nestjs/common';
import { DeliveryFigures } from '../delivery-figures';
import type { LaneTools } from './delivery-lane';
import { DeliveryLedger } from './delivery-ledger';
import { HttpSender } from './http-sender';
import { MessageWriter } from './message';
import { OwedReader } from './owed-reader';
import { Receivers } from './receiver';

/** What lanes need that the worker itself does not. */
@Injectable()
export class LaneParts {
  constructor(
    private readonly owed: OwedReader,
    private readonly ledger: DeliveryLedger,
    private readonly sender: HttpSender,
    private readonly messages: MessageWriter,
    private readonly receivers: Receivers,
    private readonly figures: DeliveryFigures,
  ) {}

  all(): Pick<LaneTools, 'owed' | 'ledger' | 'sender' | 'messages' | 'receivers' | 'figures'> {
    const { owed, ledger, sender, messages, receivers, figures } = this;
    return { owed, ledger, sender, messages, receivers, figures };
  }
}
