/** The read models of the console API (`/console/api/*`). */
export interface Me {
  readonly authenticated: boolean;
  readonly name?: string;
  readonly method?: 'none' | 'basic' | 'bearer' | 'url_token';
  readonly is_admin?: boolean;
  readonly rights?: readonly Right[];
  readonly groups?: readonly string[];
  readonly auth_classes?: { readonly enabled: boolean; readonly classes?: readonly ClassRights[] };
}

export type Right = 'read' | 'write' | 'delete' | 'admin';

export interface ClassRights {
  readonly name: string;
  readonly rights: readonly Right[];
}

export type Activity = 'live' | 'stalled' | 'idle' | 'empty';

export interface FlowMember {
  readonly id: string;
  readonly role?: string;
  readonly format?: string;
  readonly codec?: string;
  readonly label?: string;
  readonly segment_count?: number;
}

/** One row of the library. */
export interface FlowOverview {
  readonly id: string;
  readonly source_id: string;
  readonly label?: string;
  readonly description?: string;
  readonly format: string;
  readonly codec?: string;
  readonly container?: string;
  readonly status?: string;
  readonly read_only: boolean;
  readonly created: string;
  readonly metadata_updated: string;
  readonly tags?: Readonly<Record<string, string | readonly string[]>>;
  readonly activity: Activity;
  readonly last_added?: string;
  readonly last_added_age_seconds?: number;
  readonly segment_count: number;
  readonly extent?: string;
  readonly duration_seconds?: number;
  readonly covered_seconds?: number;
  readonly hole_seconds?: number;
  readonly size_bytes?: number;
  readonly size_exact?: boolean;
  readonly members?: readonly FlowMember[];
  readonly member_count?: number;
  readonly collected_by?: readonly string[];
  readonly summary: string;
  readonly playback?: string;
  readonly from_members?: boolean;
  readonly rate?: { readonly media_per_second: number; readonly bits_per_second?: number };
}

/** What a Flow covers, as runs of a window. */
export interface Coverage {
  readonly flow_id: string;
  readonly timerange: string;
  readonly extent?: string;
  readonly segment_count: number;
  readonly step: string;
  readonly exact: boolean;
  readonly runs: readonly CoverageRun[];
}

export interface CoverageRun {
  readonly start: string;
  readonly end: string;
  /** Share of the run that is covered, 0 to 1. */
  readonly density: number;
}

/** What the deletion of a Flow would take with it; lower bounds when there is `more`. */
export interface DeletionPreview {
  readonly flow_segment_count: number;
  /** Segments whose objects were counted. */
  readonly segments: number;
  readonly more: boolean;
  readonly objects: number;
  readonly shared_objects: number;
  readonly bytes: number;
  readonly freed_bytes: number;
}

/** Everything about one Media Object. */
export interface ObjectOverview {
  readonly id: string;
  readonly role?: 'media' | 'init';
  readonly content_type?: string;
  readonly timerange?: string;
  readonly key_frame_count?: number;
  readonly size_bytes?: number;
  readonly instances: readonly ObjectInstance[];
  readonly flows: readonly ObjectUse[];
  readonly more_flows: boolean;
}

export interface ObjectInstance {
  readonly storage_id?: string;
  readonly label?: string;
  readonly controlled: boolean;
  readonly state: 'ready' | 'copying' | 'deleting' | 'missing';
  readonly created: string;
}

export interface ObjectUse {
  readonly id: string;
  readonly label?: string;
  readonly format: string;
  readonly timerange: string;
}

/** Where media lies, and what is being done about it. */
export interface StorageOverview {
  readonly backends: readonly BackendOverview[];
  readonly moving: readonly {
    readonly object_id: string;
    readonly storage_id: string;
    readonly state: 'copying' | 'deleting';
    readonly since: string;
  }[];
  readonly more_moving: boolean;
  readonly missing_instances: number;
  readonly collection: {
    readonly unregistered: number;
    readonly unreferenced: number;
    readonly being_collected: number;
  };
}

export interface BackendOverview {
  readonly id: string;
  readonly label?: string;
  readonly provider: string;
  readonly store_product: string;
  readonly region?: string;
  readonly default_storage?: boolean;
  readonly available: boolean;
  readonly latency_ms: number;
  readonly problem?: string;
  readonly free_bytes?: number;
  readonly total_bytes?: number;
  readonly last_reconciliation?: Reconciliation;
}

/** What the last comparison of index and store found. */
export interface Reconciliation {
  readonly finished: string;
  readonly problem?: string;
  readonly objects: number;
  readonly bytes: number;
  readonly orphans: number;
  readonly orphan_bytes: number;
  readonly dangling: number;
  readonly size_mismatches: number;
}

/** What goes by retention. */
export interface RetentionOverview {
  readonly items: readonly {
    readonly flow_id: string;
    readonly label?: string;
    readonly what: 'segments' | 'flow' | 'empty-flow';
    readonly due_now: boolean;
    readonly due?: string;
    readonly segments?: number;
    readonly held?: string;
    readonly problem?: string;
  }[];
  readonly more: boolean;
}

/** One webhook and how it is being served. */
export interface WebhookOverview {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly status: 'created' | 'started' | 'disabled' | 'error';
  readonly failures: number;
  readonly failing_since?: string;
  readonly next_attempt?: string;
  readonly owed: number;
  readonly oldest_owed?: string;
}
