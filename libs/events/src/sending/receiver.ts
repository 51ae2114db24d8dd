import type { ClassAccess } from '@tams/auth';
import { version } from '../../../../package.json';
import type { ApiKeySeal } from '../webhooks/api-key-seal';
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

/** Makes a target ready for sending. */
export function receiverOf(target: Target, keys: ApiKeySeal, classes: ClassAccess): Receiver {
  const key = target.api_key_value === null ? undefined : keys.open(target.api_key_value);
  return {
    url: new URL(target.url),
    key,
    headers: {
      'content-type': 'application/json',
      'user-agent': `tams-server/${version}`,
      ...(key !== undefined && target.api_key_name !== null && { [target.api_key_name.toLowerCase()]: key }),
    },
    view: viewOf(target.presentation, classes.readableWithin({ all: target.reach_all, classes: target.reach })),
    revision: target.revision,
  };
}
