import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { DeliveryFigures } from '../delivery-figures';
import { ApiKeySeal } from '../webhooks/api-key-seal';
import type { LaneTools } from './delivery-lane';
import { DeliveryLedger } from './delivery-ledger';
import { HttpSender } from './http-sender';
import { MessageWriter } from './message';

/** What lanes need that the worker itself does not. */
@Injectable()
export class LaneParts {
  constructor(
    private readonly ledger: DeliveryLedger,
    private readonly sender: HttpSender,
    private readonly messages: MessageWriter,
    private readonly keys: ApiKeySeal,
    private readonly figures: DeliveryFigures,
    private readonly classes: ClassAccess,
  ) {}

  all(): Pick<LaneTools, 'ledger' | 'sender' | 'messages' | 'keys' | 'figures' | 'classes'> {
    const { ledger, sender, messages, keys, figures, classes } = this;
    return { ledger, sender, messages, keys, figures, classes };
  }
}
