/** The ids of one Flow. */
export interface FlowIds {
  id: string;
  source_id: string;
}

/**
 * Random ids for Flows and Sources, each under a key that stays the same when the same media is read again, so that a resumed
 * ingest finds its Flows. Renditions of the same thing share a Source (AppNote 0001).
 */
export class FlowIdBook {
  constructor(
    /** Ids by key; kept in the journal. */
    readonly flows: Record<string, string> = {},
    readonly sources: Record<string, string> = {},
  ) {}

  /** The ids under a key, made when they are first asked for. */
  idsFor(key: string, sourceKey = key): FlowIds {
    return {
      id: (this.flows[key] ??= crypto.randomUUID()),
      source_id: (this.sources[sourceKey] ??= crypto.randomUUID()),
    };
  }
}
