/** Everything others can be told of (`webhooks` of the specification's OpenAPI document). */
export const eventTypes = [
  'flows/created',
  'flows/updated',
  'flows/deleted',
  'flows/segments_added',
  'flows/segments_deleted',
  'sources/created',
  'sources/updated',
  'sources/deleted',
] as const;
export type EventType = (typeof eventTypes)[number];

/** A segment as it was added; where its objects are is looked up, and signed, when the event is delivered. */
export interface AddedSegment extends Readonly<Record<string, unknown>> {
  readonly object_id: string;
  readonly timerange: string;
  /** Shown only to webhooks that ask for it. */
  readonly object_timerange: string;
  readonly init_object: { readonly object_id: string } | undefined;
}

/** The `event` object of each type's message. */
export interface EventContents {
  readonly 'flows/created': { readonly flow: object };
  readonly 'flows/updated': { readonly flow: object };
  readonly 'flows/deleted': { readonly flow_id: string };
  readonly 'flows/segments_added': { readonly flow_id: string; readonly segments: readonly AddedSegment[] };
  readonly 'flows/segments_deleted': { readonly flow_id: string; readonly timerange: string };
  readonly 'sources/created': { readonly source: object };
  readonly 'sources/updated': { readonly source: object };
  readonly 'sources/deleted': { readonly source_id: string };
}

/** Which collections what an event is about belongs to, at the time of the event. */
export interface Collections {
  /** Flows that collect the Flow; empty for an event of a Source. */
  readonly flowCollectedBy: readonly string[];
  /** Sources that collect the Source, for a Flow the one it represents. */
  readonly sourceCollectedBy: readonly string[];
}

/** Something that happened, about to be written. */
export interface NewEvent<Type extends EventType = EventType> {
  readonly type: Type;
  /** The Flow it is about; absent when it is about a Source. */
  readonly flowId?: string;
  /** The Source it is about, for a Flow the one it represents. */
  readonly sourceId: string;
  /** The message's `event`. Asked for only when somebody is to be told. */
  readonly content: () => EventContents[Type] | Promise<EventContents[Type]>;
  /** Asked for only when somebody filters by it. */
  readonly collections: () => Promise<Collections>;
  /** `auth_classes` of what it is about. Asked for only when classes restrict who is told. */
  readonly classes: () => readonly string[] | Promise<readonly string[]>;
  /** Where clients reach this server, without a trailing slash: URLs in the message begin with it. */
  readonly baseUrl?: string;
}
