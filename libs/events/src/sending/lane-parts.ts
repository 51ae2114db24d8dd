import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { DeliveryFigures } from '../delivery-figures';
import { ApiKeySeal } from '../webhooks/api-key-seal';
import type { LaneTools } from './delivery-lane';
import { DeliveryLedger } from './delivery-ledger';
import { HttpSender } from './http-sender';
import { MessageWriter } from './message';
import { OwedReader } from './owed-reader';

/** What lanes need that the worker itself does not. */
@Injectable()
export class LaneParts {
  constructor(
    private readonly owed: OwedReader,
    private readonly ledger: DeliveryLedger,
    private readonly sender: HttpSender,
    private readonly messages: MessageWriter,
    private readonly keys: ApiKeySeal,
    private readonly figures: DeliveryFigures,
    private readonly classes: ClassAccess,
  ) {}

  all(): Pick<LaneTools, 'owed' | 'ledger' | 'sender' | 'messages' | 'keys' | 'figures' | 'classes'> {
    const { owed, ledger, sender, messages, keys, figures, classes } = this;
    return { owed, ledger, sender, messages, keys, figures, classes };
  }
}
