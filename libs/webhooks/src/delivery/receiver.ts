import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { version } from '../../../../package.json';
import { type MessageView, viewOf } from './message';
import type { Target } from './queue.repository';

/** A webhook's target, made ready for sending. */
export interface Receiver {
  readonly url: URL;
  /** What messages are signed with. */
  readonly key: string | undefined;
  /** The same for every message. */
  readonly headers: Readonly<Record<string, string>>;
  readonly view: MessageView;
  readonly revision: string;
}

/** Makes targets ready for sending. */
@Injectable()
export class Receivers {
  constructor(private readonly classes: ClassAccess) {}

  at(target: Target): Receiver {
    const key = target.api_key_value ?? undefined;
    const readable = this.classes.readableWithin({ all: target.reach_all, classes: target.reach });
    return {
      url: new URL(target.url),
      key,
      headers: {
        'content-type': 'application/json',
        'user-agent': `tams-server/${version}`,
        ...(key !== undefined && target.api_key_name !== null && { [target.api_key_name.toLowerCase()]: key }),
      },
      view: viewOf(target.presentation, readable),
      revision: target.revision,
    };
  }
}
