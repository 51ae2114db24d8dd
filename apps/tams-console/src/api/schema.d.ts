// Made by `npm run console:types` from the API document of the server; a test fails when it is out of date.
export interface paths {
  '/flow-delete-requests/{requestId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read a deletion request
     * @description How far it has come; it is forgotten some time after it is done.
     */
    get: operations['GET_flow-delete-requests-request-id'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/flows': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List Flows
     * @description Most recently created first, unless `sort_by` says otherwise. All filters must match; `timerange=()` selects Flows without content.
     */
    get: operations['GET_flows'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/flows/{flowId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read a Flow
     * @description Its metadata; with `include_timerange=true` also what its Segments cover.
     */
    get: operations['GET_flows-flowId'];
    /**
     * Create or replace a Flow
     * @description Give technical metadata, or a `profile_id` to take it from a Profile. The Source appears with its first Flow. What the server manages (`created`, `timerange`, `collected_by`, …) is ignored here, so a Flow read from another store can be written as it is.
     */
    put: operations['PUT_flows-flowId'];
    post?: never;
    /**
     * Delete a Flow
     * @description With its segments, and its Source if it has no other Flow. A large Flow is deleted after the answer: meanwhile it can be read, but not changed. Objects that other segments use stay.
     */
    delete: operations['DELETE_flows-flowId'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/flows/{flowId}/read_only': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read the read-only switch of a Flow
     * @description While true, the Flow refuses every change to its metadata and Segments, and deletion. This switch alone still works.
     */
    get: operations['GET_flows-flowId-read-only'];
    /**
     * Set the read-only switch of a Flow
     * @description While true, the Flow refuses every change to its metadata and Segments, and deletion. This switch alone still works.
     */
    put: operations['PUT_flows-flowId-read-only'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/flows/{flowId}/segments': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List Flow Segments
     * @description The segments of a Flow in time order, with the URLs of their media. A Flow that does not exist has none.
     */
    get: operations['GET_flows-flowId-segments'];
    put?: never;
    /**
     * Create Flow Segments
     * @description Registers one segment or a list, placing media objects on the timeline of the Flow. Of a list, what can be registered is, and the answer lists the rest.
     */
    post: operations['POST_flows-flowId-segments'];
    /**
     * Delete Flow Segments
     * @description Those that lie wholly within `timerange`. Many segments are deleted after the answer, earliest first; new ones can be registered there once that is done. Objects that other segments use stay.
     */
    delete: operations['DELETE_flows-flowId-segments'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/flows/{flowId}/storage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Get places to upload new media of a Flow
     * @description Each place has an object id and a URL to PUT the bytes to, with the content type it names. Register an object with a Segment before `min_object_timeout` (GET /service) has passed, or it is collected.
     */
    post: operations['POST_flows-flowId-storage'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How the server is, at a glance
     * @description One sentence, every part with its last hour, the newest figures, and the other replicas. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/changes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What changed: starts, versions, settings, migrations
     * @description Settings that differ from their defaults, without secrets, and every start of the last 30 days. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight-changes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/correlations/{correlationId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Everything that is known under a correlation id
     * @description Requests, jobs and deliveries that are remembered or go on, and lines of the log that are still in memory. What was neither slow nor failed is not remembered, so that both lists may be empty. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight-correlations-correlationId'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/errors': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What failed last
     * @description The last 200 requests, jobs and deliveries that failed, or the last 100 that were refused, newest first, each with what it waited for. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight-errors'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/jobs/{jobId}/stop': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Stop a job
     * @description On whatever replica it runs: it ends after the batch it is at, within two seconds or as soon as that is done, and what it leaves is what `when_stopped` says. One that waits is stopped by the next worker that is free. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    post: operations['POST_insight-jobs-jobId-stop'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/log-level': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Change the level of the log
     * @description Of the process that answers, until it is changed again or starts anew. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    put: operations['PUT_insight-log-level'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/now': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What goes on just now
     * @description Requests, jobs and deliveries of this process, and sessions of the metadata store, that have gone on for a second; who keeps whom waiting; jobs of all replicas, with how far they are. Asked on a connection of its own. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight-now'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/routes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Routes of the last hour: what fails, and what is slow
     * @description Those that failed most first, then the slowest. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight-routes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/series': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Figures of the last hour, or day
     * @description Read from the same counters as /metrics. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight-series'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/sessions/{pid}/stop': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Stop a statement, or a session of the metadata store
     * @description Cancels its statement, or with `end_session` ends it. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    post: operations['POST_insight-sessions-pid-stop'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/insight/traces': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What was slow within the last hour
     * @description The two slowest of each route and queue, slowest first, each with what it waited for. Administrators only. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_insight-traces'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/objects/{objectId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Object information
     * @description What an object holds, the URLs it can be read from, and the Flows whose Segments use it. The paging parameters page `referenced_by_flows`.
     */
    get: operations['GET_objects'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read what this server is
     * @description Name, versions, ways to be told of changes, and how long uploads and URLs are valid.
     */
    get: operations['GET_service'];
    put?: never;
    /**
     * Set name and description of this server
     * @description What is left out stays as it is.
     */
    post: operations['POST_service'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who changed what, and who was refused
     * @description Administrators only. Lines of the audit log, newest first: of a resource, of a principal, or all. Reads at most 32 MiB of a file; `next` says where to go on.
     */
    get: operations['GET_audit'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/storage-backends': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the Storage Backends
     * @description Alphabetically by label; those without one come last, by id.
     */
    get: operations['GET_storage-backends'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/webhooks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List webhooks
     * @description Alphabetically by URL.
     */
    get: operations['GET_webhooks'];
    put?: never;
    /**
     * Register a webhook
     * @description From now on each event that passes all filters is sent to the URL as one POST request, in the order in which they happened, again and again until it is answered by 2xx.
     */
    post: operations['POST_webhooks'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/webhooks/{webhookId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read a webhook
     * @description Everything but its key, and why it was stopped if it was.
     */
    get: operations['GET_webhooks-webhookId'];
    /**
     * Replace a webhook
     * @description Also starts again (`created`) one that is `disabled` or in `error`: what it was owed before is then sent first.
     */
    put: operations['PUT_webhooks'];
    post?: never;
    /**
     * Delete a webhook
     * @description What is owed to it is forgotten.
     */
    delete: operations['DELETE_webhooks-webhookId'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/webhooks/{webhookId}/deliveries': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the deliveries of a webhook
     * @description What it was owed and how telling it went, latest events first. An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_webhooks-webhookId-deliveries'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/webhooks/{webhookId}/deliveries/{deliveryId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read a delivery
     * @description An extension of this server: not part of the TAMS specification.
     */
    get: operations['GET_webhooks-webhookId-deliveries-deliveryId'];
    put?: never;
    post?: never;
    /**
     * Give a delivery up
     * @description For an event that a receiver will never take: those behind it go on. An extension of this server: not part of the TAMS specification.
     */
    delete: operations['DELETE_webhooks-webhookId-deliveries-deliveryId'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/webhooks/{webhookId}/deliveries/{deliveryId}/replay': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send an event again
     * @description It goes first, since it is older than what waits. An extension of this server: not part of the TAMS specification.
     */
    post: operations['POST_webhooks-webhookId-deliveries-deliveryId-replay'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/webhooks/{webhookId}/replay': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send everything since a time again
     * @description In the order in which it happened, including what was given up. An extension of this server: not part of the TAMS specification.
     */
    post: operations['POST_webhooks-webhookId-replay'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/service/webhooks/{webhookId}/test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Try the receiver of a webhook
     * @description Sends one `webhooks/test` message at once, whatever the status and beside what waits. An extension of this server: not part of the TAMS specification.
     */
    post: operations['POST_webhooks-webhookId-test'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sources/{sourceId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read a Source
     * @description Its metadata, and the collections it is part of through its Flows.
     */
    get: operations['GET_sources-sourceId'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AuditFindings: {
      /**
       * @description Where it was looked: in `AUDIT_LOG_FILE`, or, without one, in the latest lines of this process. Other replicas have their own.
       * @enum {string}
       */
      kept_in: 'file' | 'memory';
      /** @description Newest first. */
      lines: components['schemas']['AuditLine'][];
      /** @description Where to read on, as `before`; absent when all was looked at. There may be one with few lines, or none. */
      next?: number;
    };
    AuditLine: {
      /** Format: date-time */
      time: string;
      /** @enum {string} */
      audit: 'change' | 'refusal' | 'attempt';
      principal?: string;
      principal_id?: string;
      authentication?: string;
      method: string;
      route: string;
      /** @description Identifiers in the path, by parameter. */
      resource: {
        [key: string]: string;
      };
      outcome: string;
      status?: number;
      correlation_id: string;
      /** @description Address of the client, as the trusted proxies tell it. */
      source: string;
    };
    /** @description Where a Flow's essence lies in its container. */
    ContainerMapping: {
      /** @description Which track of the container, from 0. */
      track_index?: number;
      /** @description Which of the container's tracks of this Flow's format, from 0. */
      format_track_index?: number;
      audio_track?: {
        /** @description The container's channels, from 0, in the order of the Flow's. */
        channel_numbers?: number[];
        /** @description First and last of the container's channels, both included, from 0. */
        channel_range?: string;
      };
      /** @description In an MPEG-2 transport stream. */
      mp2ts_container?: {
        /** @description Packet identifier of the elementary stream. */
        pid?: number;
      };
      /** @description In an MXF file. */
      mxf_container?: {
        /** @description The package, as SMPTE UMID URN or UUID URN. */
        package_uid?: string;
        /** @description Track within the package. */
        track_id?: number;
      };
      /** @description In an ISO base media file, such as MP4 or MOV. */
      isobmff_container?: {
        /** @description The track. */
        track_id?: number;
      };
    };
    Correlated: {
      correlation_id: string;
      /** @description Requests, jobs and deliveries, oldest first; those that go on too. */
      work: components['schemas']['InsightEntry'][];
      /** @description Lines of the log, oldest first. */
      lines: Record<string, never>[];
    };
    DeletionRequest: {
      id: string;
      flow_id: string;
      /** @description What the client asked for. */
      timerange_to_delete: string;
      /** @description From the first to the last segment that is still to be deleted; `()` in the end. */
      timerange_remaining?: string;
      /** @description Whether the Flow goes with its last segment. */
      delete_flow: boolean;
      /** Format: date-time */
      created?: string;
      created_by?: string;
      /** Format: date-time */
      updated?: string;
      /**
       * Format: date-time
       * @description When the request is forgotten, once it is done.
       */
      expiry?: string;
      /** @enum {string} */
      status: 'created' | 'started' | 'done' | 'error';
      /** @description What went wrong last; the server keeps trying. */
      error?: {
        type: string;
        summary: string;
        /** Format: date-time */
        time: string;
      };
    };
    EventStreamMechanism: {
      /** @description What it is called, for example `webhooks`. */
      name: string;
      /** @description Where it is described. */
      docs?: string;
      /** @description What a client must know to use it. */
      config?: {
        [key: string]: unknown;
      };
    };
    FailedSegment: {
      /** @description As it was posted; empty when that was no text. */
      object_id: string;
      timerange?: string;
      error: {
        /** @description The kind of problem, for example `segment-overlap`. */
        type: string;
        summary: string;
        /** Format: date-time */
        time: string;
      };
    };
    FailedSegments: {
      failed_segments: components['schemas']['FailedSegment'][];
    };
    Flow: components['schemas']['FlowProperties'] &
      (
        | components['schemas']['FlowVideo']
        | components['schemas']['FlowAudio']
        | components['schemas']['FlowImage']
        | components['schemas']['FlowData']
        | components['schemas']['FlowMulti']
      );
    /**
     * Audio Flow
     * @description Technical metadata of an audio Flow.
     */
    FlowAudio: {
      /** @constant */
      format: 'urn:x-nmos:format:audio';
      /** @description MIME type of the coding, for example `video/h264`. */
      codec: string;
      /** @description MIME type of the Flow's segments, for example `video/mp2t`. Needed before storage can be asked for. */
      container?: string;
      /** @description Average bit rate of the segments, in 1000 bits per second. */
      avg_bit_rate?: number;
      /** @description Duration the segments aim for, in seconds. */
      segment_duration?: {
        numerator: number;
        /** @description Default: 1. */
        denominator?: number;
      };
      container_mapping?: components['schemas']['ContainerMapping'];
      essence_parameters: {
        /** @description Samples per second. */
        sample_rate: number;
        /** @description Number of channels. */
        channels: number;
        /** @description Significant bits of a sample. */
        bit_depth?: number;
        codec_parameters?: {
          /** @description Samples in one coded frame. */
          coded_frame_size?: number;
          /** @description MPEG-4 object type indication. */
          mp4_oti?: number;
        };
        /** @description How uncompressed channels are laid out. */
        unc_parameters?: {
          /** @enum {string} */
          unc_type: 'interleaved' | 'planar' | 'pairs';
        };
        /** @description Whether every Media Object of the Flow has an `init_object`; false unless given. */
        init_segments?: boolean;
      };
    };
    FlowCollection: components['schemas']['FlowCollectionItem'][];
    FlowCollectionItem: {
      id: string;
      /** @description What the Flow is for in this collection. */
      role?: string;
      container_mapping?: components['schemas']['ContainerMapping'];
    };
    /**
     * Data Flow
     * @description Technical metadata of a data Flow.
     */
    FlowData: {
      /** @constant */
      format: 'urn:x-nmos:format:data';
      /** @description MIME type of the coding, for example `video/h264`. */
      codec: string;
      /** @description MIME type of the Flow's segments, for example `video/mp2t`. Needed before storage can be asked for. */
      container?: string;
      /** @description Average bit rate of the segments, in 1000 bits per second. */
      avg_bit_rate?: number;
      /** @description Duration the segments aim for, in seconds. */
      segment_duration?: {
        numerator: number;
        /** @description Default: 1. */
        denominator?: number;
      };
      container_mapping?: components['schemas']['ContainerMapping'];
      essence_parameters: {
        /** @description URN of the kind of data, for example `urn:x-tams:data:subtitle`. */
        data_type?: string;
        /** @description Whether every Media Object of the Flow has an `init_object`; false unless given. */
        init_segments?: boolean;
      };
    };
    FlowFromProfile: {
      /** @description The Profile whose technical metadata the Flow is given. */
      profile_id: string;
      format?: never;
      codec?: never;
      container?: never;
      avg_bit_rate?: never;
      segment_duration?: never;
      container_mapping?: never;
      essence_parameters?: never;
    };
    /**
     * Image Flow
     * @description Technical metadata of a Flow of still images.
     */
    FlowImage: {
      /** @constant */
      format: 'urn:x-tam:format:image';
      /** @description MIME type of the coding, for example `video/h264`. */
      codec: string;
      /** @description MIME type of the Flow's segments, for example `video/mp2t`. Needed before storage can be asked for. */
      container?: string;
      /** @description Average bit rate of the segments, in 1000 bits per second. */
      avg_bit_rate?: number;
      /** @description Duration the segments aim for, in seconds. */
      segment_duration?: {
        numerator: number;
        /** @description Default: 1. */
        denominator?: number;
      };
      container_mapping?: components['schemas']['ContainerMapping'];
      essence_parameters: {
        /** @description Width of the picture in pixels. */
        frame_width: number;
        /** @description Height of the picture in pixels. */
        frame_height: number;
        /** @description Display aspect ratio: width to height as shown. */
        aspect_ratio?: {
          numerator: number;
          denominator: number;
        };
      };
    };
    /**
     * Multi-essence Flow
     * @description Technical metadata of a Flow whose segments hold several Flows.
     */
    FlowMulti: {
      /** @constant */
      format: 'urn:x-nmos:format:multi';
      /** @description MIME type of the coding, for example `video/h264`. */
      codec?: string;
      /** @description MIME type of the Flow's segments, for example `video/mp2t`. Needed before storage can be asked for. */
      container?: string;
      /** @description Average bit rate of the segments, in 1000 bits per second. */
      avg_bit_rate?: number;
      /** @description Duration the segments aim for, in seconds. */
      segment_duration?: {
        numerator: number;
        /** @description Default: 1. */
        denominator?: number;
      };
      container_mapping?: components['schemas']['ContainerMapping'];
      essence_parameters?: {
        /** @description Whether every Media Object of the Flow has an `init_object`; false unless given. */
        init_segments?: boolean;
      };
    };
    /** @description What every Flow may have, whatever its format. */
    FlowProperties: {
      id: string;
      source_id: string;
      label?: string;
      description?: string;
      created_by?: string;
      updated_by?: string;
      tags?: components['schemas']['Tags'];
      metadata_version: string;
      generation?: number;
      /** @enum {string} */
      status?: 'awaiting_content' | 'ingesting' | 'replication_in_progress' | 'closed_complete';
      read_only?: boolean;
      max_bit_rate?: number;
      flow_collection?: components['schemas']['FlowCollection'];
      profile_id?: string;
      /** Format: date-time */
      created: string;
      /** Format: date-time */
      metadata_updated: string;
      /** Format: date-time */
      segments_updated?: string;
      timerange?: string;
      collected_by?: string[];
    };
    FlowPut: components['schemas']['FlowPutProperties'] &
      (
        | (components['schemas']['FlowWithoutProfile'] &
            (
              | components['schemas']['FlowVideo']
              | components['schemas']['FlowAudio']
              | components['schemas']['FlowImage']
              | components['schemas']['FlowData']
              | components['schemas']['FlowMulti']
            ))
        | components['schemas']['FlowFromProfile']
      );
    /** @description What every Flow may have, whatever its format. */
    FlowPutProperties: {
      id: string;
      source_id: string;
      label?: string;
      description?: string;
      created_by?: string;
      updated_by?: string;
      tags?: components['schemas']['Tags'];
      metadata_version?: string;
      generation?: number;
      /** @enum {string} */
      status?: 'awaiting_content' | 'ingesting' | 'replication_in_progress' | 'closed_complete';
      read_only?: boolean;
      max_bit_rate?: number;
      flow_collection?: components['schemas']['FlowCollection'];
      /** @description Decided by the server, ignored in a request. */
      readonly created?: unknown;
      /** @description Decided by the server, ignored in a request. */
      readonly metadata_updated?: unknown;
      /** @description Decided by the server, ignored in a request. */
      readonly segments_updated?: unknown;
      /** @description Decided by the server, ignored in a request. */
      readonly timerange?: unknown;
      /** @description Decided by the server, ignored in a request. */
      readonly collected_by?: unknown;
    };
    FlowSegment: {
      object_id: string;
      /** @description Where the samples lie on the timeline of the Flow. */
      timerange: string;
      ts_offset?: string;
      last_duration?: string;
      sample_offset?: number;
      sample_count?: number;
      /** @description With `include_object_timerange=true`. */
      object_timerange?: string;
      key_frame_count?: number;
      /** @description URLs the object can be read from, preferred first. */
      get_urls: {
        url: string;
        label?: string;
        presigned?: boolean;
        storage_id?: string;
        controlled?: boolean;
      }[];
      init_object?: {
        object_id: string;
        /** @description URLs the object can be read from, preferred first. */
        get_urls: {
          url: string;
          label?: string;
          presigned?: boolean;
          storage_id?: string;
          controlled?: boolean;
        }[];
      };
    };
    /** @description One segment, or a list of them. */
    FlowSegmentBatch: components['schemas']['FlowSegmentPost'] | components['schemas']['FlowSegmentList'];
    FlowSegmentList: components['schemas']['FlowSegmentPost'][];
    FlowSegmentPost: {
      /** @description Object identifier; percent-encode it in a URL (`/` is `%2F`). */
      object_id: string;
      /** @description The initialisation object the media object needs; only when the media object is first registered. */
      init_object_id?: string;
      /** @description Where the samples lie on the timeline of the Flow; bounded, its start included. */
      timerange: string;
      /** @description Time on the timeline of the Flow less time in the media object; default 0:0. */
      ts_offset?: string;
      /** @description What the whole media object holds, on its own timeline; default timerange less ts_offset. Only when it is first registered. */
      object_timerange?: string;
      /** @description From the last sample to the end of the timerange. */
      last_duration?: string;
      /** @deprecated */
      sample_offset?: number;
      /** @deprecated */
      sample_count?: number;
      /** @description URLs outside this store the object can be read from. */
      get_urls?: {
        /** Format: uri */
        url: string;
        label: string;
      }[];
      /** @description Key frames in the media object; only when it is first registered. */
      key_frame_count?: number;
    };
    FlowStorage: {
      media_objects: {
        /** @description Identifier to register the object with. */
        object_id: string;
        /** @description The request that uploads the object (schemas/http-request.json). */
        put_url: {
          /** @description Where to PUT the bytes. */
          url: string;
          /** @description The `Content-Type` the upload must have. */
          'content-type': string;
          /** @description Further headers to send. */
          headers?: {
            [key: string]: string;
          };
        };
        /** @description Whether the URL is presigned; otherwise send your credentials along. */
        presigned?: boolean;
      }[];
    };
    FlowStoragePost: {
      /** @description How many objects to allocate; default 100, at most 1000. */
      limit?: number;
      /** @description Identifiers to use instead of new ones; none may be in use. */
      object_ids?: string[];
      /** @description Storage backend to allocate in; otherwise the default one. */
      storage_id?: string;
      /** @description Content type of the objects, for initialisation segments that differ from the Flow `container`. */
      content_type?: string;
      /** @description The same as `content_type`, as application note 0024 spells it. */
      'content-type'?: string;
      /** @description An extension of this server: what the bytes of each object will have, in the order of `object_ids` or of the answer. It becomes a header in `put_url.headers`, which a presigned URL is signed for. */
      checksums?: components['schemas']['UploadChecksum'][];
      /** @description Whether the `put_url`s are presigned; default true. */
      presigned?: boolean;
    };
    /**
     * Video Flow
     * @description Technical metadata of a video Flow.
     */
    FlowVideo: {
      /** @constant */
      format: 'urn:x-nmos:format:video';
      /** @description MIME type of the coding, for example `video/h264`. */
      codec: string;
      /** @description MIME type of the Flow's segments, for example `video/mp2t`. Needed before storage can be asked for. */
      container?: string;
      /** @description Average bit rate of the segments, in 1000 bits per second. */
      avg_bit_rate?: number;
      /** @description Duration the segments aim for, in seconds. */
      segment_duration?: {
        numerator: number;
        /** @description Default: 1. */
        denominator?: number;
      };
      container_mapping?: components['schemas']['ContainerMapping'];
      essence_parameters: {
        /** @description Width of the picture in pixels. */
        frame_width: number;
        /** @description Height of the picture in pixels. */
        frame_height: number;
        /** @description Significant bits of a component sample. */
        bit_depth?: number;
        /** @enum {string} */
        interlace_mode?: 'progressive' | 'interlaced_tff' | 'interlaced_bff' | 'interlaced_psf';
        /** @enum {string} */
        colorspace?: 'BT601' | 'BT709' | 'BT2020' | 'BT2100';
        /** @enum {string} */
        transfer_characteristic?: 'SDR' | 'HLG' | 'PQ';
        /** @description Display aspect ratio: width to height as shown. */
        aspect_ratio?: {
          numerator: number;
          denominator: number;
        };
        /** @description Aspect ratio of one pixel; usually 1:1. */
        pixel_aspect_ratio?: {
          numerator: number;
          denominator: number;
        };
        /** @enum {string} */
        component_type?: 'YCbCr' | 'RGB';
        /** @description Horizontal subsampling of chroma. */
        horiz_chroma_subs?: number;
        /** @description Vertical subsampling of chroma. */
        vert_chroma_subs?: number;
        /** @description How uncompressed pictures are packed. */
        unc_parameters?: {
          /** @enum {string} */
          unc_type:
            | 'planar'
            | 'YUYV'
            | 'UYVY'
            | 'AYUV'
            | 'v210'
            | 'v216'
            | 'RGB'
            | 'RGBx'
            | 'xRGB'
            | 'BGRx'
            | 'xBGR'
            | 'RGBA'
            | 'ARGB'
            | 'BGRA'
            | 'ABGR'
            | 'alpha';
        };
        /** @description Profile, level and flags bytes of H.264. */
        avc_parameters?: {
          profile: number;
          level: number;
          flags: number;
        };
        /** @description Frames per second. Required unless `vfr` is true, refused if it is. */
        frame_rate?: {
          numerator: number;
          /** @description Default: 1. */
          denominator?: number;
        };
        /** @description Whether the frame rate varies. Default: false. */
        vfr?: boolean;
        /** @description Whether every Media Object of the Flow has an `init_object`; false unless given. */
        init_segments?: boolean;
      };
    };
    FlowWithoutProfile: {
      /**
       * @description Empty to leave the Profile.
       * @constant
       */
      profile_id?: '';
    };
    InsightChanges: {
      version: string;
      node: string;
      log_level: string;
      log_level_configured: string;
      /** @description Settings that are not at their defaults; secrets are only said to be set. */
      settings: {
        name: string;
        value: string;
      }[];
      /** @description Variables that look like settings and are none. */
      unknown_settings: string[];
      /** @description Starts of processes on this store, newest first, 100 at most. */
      starts: components['schemas']['Replica'][];
      /** @description What made the tables, oldest first. */
      migrations: string[];
      /** @description Why the metadata store does not tell. */
      store_problem?: string;
    };
    InsightEntries: {
      items: components['schemas']['InsightEntry'][];
    };
    InsightEntry: {
      /** @enum {string} */
      kind: 'request' | 'job' | 'delivery';
      /** @description Route, queue of the job, or method of the delivery. */
      name: string;
      correlation_id: string;
      /** @description There when the trace was sampled. */
      trace_id?: string;
      /** Format: date-time */
      started: string;
      duration_ms: number;
      /** @enum {string} */
      outcome: 'success' | 'rejected' | 'error' | 'running';
      status?: number;
      /** @description Code of the problem. */
      problem?: string;
      /** @description What went wrong, down to its cause. */
      failure?: string;
      facts: {
        [key: string]: string | number;
      };
      /** @description What it waited for; times count from its start. */
      steps: {
        /** @enum {string} */
        kind: 'statement' | 'storage' | 'operation';
        name: string;
        start_ms: number;
        /** @description Absent while it goes on. */
        duration_ms?: number;
        failure?: string;
        /** @description Session of the metadata store that ran the statement. */
        session?: number;
        /** @description Who was seen to keep it waiting. */
        waits_for?: string;
      }[];
      /** @description Steps in the middle that were too many to be kept. */
      steps_omitted?: number;
    };
    InsightOverview: {
      /** Format: date-time */
      at: string;
      /** @enum {string} */
      status: 'ok' | 'degraded' | 'error';
      /** @description As /health says it: what does not work, why, since when, what it means. */
      summary: string;
      /** @description Where on this server it is told what to do. */
      runbook?: string;
      version: string;
      uptime_seconds: number;
      checks: {
        name: string;
        /** @enum {string} */
        status: 'up' | 'degraded' | 'down';
        latency_ms: number;
        /** @description Why it does not work. */
        message?: string;
        facts: {
          [key: string]: unknown;
        };
        /** @description The worst of each minute, oldest first; `unknown` where nobody looked. */
        last_hour: ('unknown' | 'up' | 'degraded' | 'down')[];
      }[];
      /** @description The newest point of every figure, by its name; GET /insight/series has its unit. */
      figures: {
        [key: string]: number | null;
      };
      /** @description Processes that serve this store, newest start first. */
      replicas: components['schemas']['Replica'][];
      replicas_problem?: string;
      /** @description Tools beside this server, as GRAFANA_URL, JAEGER_URL and PROMETHEUS_URL say. */
      links: {
        grafana?: string;
        jaeger?: string;
        prometheus?: string;
      };
    };
    InsightRoutes: {
      items: {
        method: string;
        route: string;
        requests: number;
        rejected: number;
        errors: number;
        /** @description Half of the successful requests took less, in seconds. */
        p50: number | null;
        /** @description 95 % took less, in seconds. */
        p95: number | null;
        /** @description 99 % took less, in seconds. */
        p99: number | null;
      }[];
    };
    InsightSeries: {
      /**
       * Format: date-time
       * @description When it was answered; the last point of each series is at most a step old.
       */
      at: string;
      step_seconds: number;
      series: {
        name: string;
        unit: string;
        help: string;
        /** @description Oldest first; null where nothing was measured. */
        points: (number | null)[];
      }[];
    };
    LogLevel: {
      /** @enum {string} */
      level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
    };
    Object: {
      id: string;
      /** @description Flows whose Segments use the object; paged. For an initialisation object, Flows that use it indirectly. */
      referenced_by_flows: string[];
      first_referenced_by_flow?: string;
      /** @description What the object holds, on its own timeline. Media objects only. */
      timerange?: string;
      key_frame_count?: number;
      /** @description URLs the object can be read from, preferred first. */
      get_urls: {
        url: string;
        label?: string;
        presigned?: boolean;
        storage_id?: string;
        controlled?: boolean;
      }[];
      init_object?: {
        id: string;
        /** @description URLs the object can be read from, preferred first. */
        get_urls: {
          url: string;
          label?: string;
          presigned?: boolean;
          storage_id?: string;
          controlled?: boolean;
        }[];
      };
    };
    /** @description Problem details (RFC 9457). */
    Problem: {
      /** @description Stable name of the kind of problem, `urn:x-tams:problem:<code>`. */
      type: string;
      /** @description The status in words. */
      title: string;
      /** @description HTTP status of this answer. */
      status: number;
      /** @description What went wrong this time, and what to do about it. */
      detail: string;
      /** @description Path of the request, without its query. */
      instance: string;
      /** @description Identifies the request in the logs and traces of the server. */
      correlation_id: string;
      /** @description Each broken field: `body.<path>` or `query.<parameter>`, and the rule it breaks. */
      errors?: {
        path: string;
        message: string;
      }[];
      /** @description The text of `detail` again, for older clients. */
      message: string;
    };
    Replica: {
      /** @description Host and process id. */
      name: string;
      version: string;
      /** Format: date-time */
      started: string;
      /**
       * Format: date-time
       * @description Last sign of life.
       */
      seen: string;
      /** @description Whether it is the one that answers. */
      this_one: boolean;
      /**
       * @description `silent`: no sign of life for a minute, and it did not stop in order.
       * @enum {string}
       */
      state: 'running' | 'silent' | 'stopped';
      /** @description What its /health said last. */
      status: string;
      summary: string;
    };
    RunningNow: {
      /** @description Requests, jobs and deliveries older than a second, oldest first. */
      work: components['schemas']['InsightEntry'][];
      /** @description Statements and open transactions older than a second, and who keeps them waiting. */
      sessions: {
        /** @description Process id of the session, as PostgreSQL counts. */
        pid: number;
        /**
         * Format: date-time
         * @description To be named when it is stopped: process ids are used again.
         */
        session_started: string;
        application?: string;
        client?: string;
        user?: string;
        /** @description `active`, or `idle in transaction`. */
        state: string;
        /** @description What it waits for, as PostgreSQL calls it. */
        waits?: string;
        /** @description Tables whose locks it waits for. */
        waits_for?: string[];
        /** @description How long it has been in this state. */
        seconds: number;
        transaction_seconds?: number;
        /** @description Its statement, or its last one. */
        query: string;
        /** @description Sessions that keep it waiting. */
        blocked_by: number[];
        /** @description The work of this process that asked for it. */
        correlation_id?: string;
      }[];
      /** @description The first 50 jobs of all replicas that go on or wait, running ones first, then the oldest. */
      jobs: {
        /** Format: uuid */
        id: string;
        kind: string;
        /** @enum {string} */
        state: 'running' | 'waiting';
        /** @description 1 on the first; of a job that waits, the one that comes next. */
        attempt: number;
        /**
         * Format: date-time
         * @description When the attempt began; of a job that waits, when it was made.
         */
        since: string;
        /** @description How long that is ago. */
        seconds: number;
        /** @description Of the request that caused it. */
        correlation_id?: string;
        /** @description As its worker told within the last two seconds; absent for jobs that do not count. */
        progress?: {
          /** @description What it works on. */
          about: string;
          /** @description What is counted: `segments`, `objects`, `bytes`. */
          unit: string;
          done: number;
          /** @description Absent where nobody knows how much there is to do. */
          total?: number;
          /** @description On average since the attempt began. */
          per_second?: number;
        };
        /** @description What it leaves when it is stopped; absent when it cannot be. */
        when_stopped?: string;
        /** @description Who has asked for it to stop; it ends after the batch it is at. */
        stop?: {
          by: string;
          /** Format: date-time */
          at: string;
        };
      }[];
      /** @description Why the metadata store does not tell. */
      sessions_problem?: string;
    };
    Service: {
      /** @description Short name of this server. */
      name: string;
      /** @description What this server is for. */
      description: string;
      /** @description Kind of server, a URN. */
      type: string;
      /** @description Version of the TAMS specification it implements. */
      api_version: string;
      /** @description Version of the software; for people only. */
      service_version: string;
      /** @description Ways to be told of changes. */
      event_stream_mechanisms: components['schemas']['EventStreamMechanism'][];
      /**
       * @description How long an allocated Object may wait to be registered, as `seconds:nanoseconds`.
       * @example 10:500000000
       */
      min_object_timeout: string;
      /**
       * @description How long a presigned URL is valid at least, as `seconds:nanoseconds`.
       * @example 10:500000000
       */
      min_presigned_url_timeout: string;
    };
    ServicePost: {
      name?: string;
      description?: string;
    };
    SessionStop: {
      /** Format: date-time */
      session_started: string;
      /** @description Ends the whole session: what an open transaction that does nothing needs. Otherwise its statement is cancelled. Default: false. */
      end_session?: boolean;
    };
    Source: {
      id: string;
      /** @enum {string} */
      format:
        | 'urn:x-nmos:format:video'
        | 'urn:x-tam:format:image'
        | 'urn:x-nmos:format:audio'
        | 'urn:x-nmos:format:data'
        | 'urn:x-nmos:format:multi';
      label?: string;
      description?: string;
      created_by?: string;
      updated_by?: string;
      /** Format: date-time */
      created: string;
      /** Format: date-time */
      updated: string;
      tags?: components['schemas']['Tags'];
      /** @description Sources this one collects, derived from the Flow Collections of its Flows. */
      source_collection?: {
        id: string;
        role?: string;
      }[];
      /** @description Sources that collect this one. */
      collected_by?: string[];
    };
    StorageBackend: {
      id: string;
      label?: string;
      /**
       * @description How media is written and read.
       * @constant
       */
      store_type: 'http_object_store';
      /** @description Who runs it. */
      provider: string;
      region?: string;
      availability_zone?: string;
      /** @description Which product it is. */
      store_product: string;
      tags?: components['schemas']['Tags'];
      /** @description Used when a client names no backend. */
      default_storage?: boolean;
    };
    /** @description One text, or a list of texts. */
    TagValue: string | string[];
    /** @description Names with one text or a list of texts each. */
    Tags: {
      [key: string]: components['schemas']['TagValue'];
    };
    UploadChecksum: {
      /**
       * @description How `checksum` was computed.
       * @enum {string}
       */
      algorithm: 'SHA-256' | 'SHA-1' | 'CRC32' | 'MD5';
      /** @description Of the bytes that will be uploaded, in base64. */
      checksum: string;
    };
    Webhook: {
      id: string;
      /**
       * Format: uri
       * @description Where events are sent, each as one POST request.
       * @example https://hook.example.com
       */
      url: string;
      /**
       * @description Header that carries `api_key_value`.
       * @example Authorization
       */
      api_key_name?: string;
      /** @description What to be told of; an empty list for nothing at present. */
      events: (
        | 'flows/created'
        | 'flows/updated'
        | 'flows/deleted'
        | 'flows/segments_added'
        | 'flows/segments_deleted'
        | 'sources/created'
        | 'sources/updated'
        | 'sources/deleted'
      )[];
      /** @description Only events of these Flows. No effect on events of Sources. */
      flow_ids?: string[];
      /** @description Only events of these Sources and of their Flows. */
      source_ids?: string[];
      /** @description Only events of Flows that one of these Flows collects; an empty list for those no Flow collects. No effect on events of Sources. */
      flow_collected_by_ids?: string[];
      /** @description Only events of Sources, and of their Flows, that one of these Sources collects; an empty list for those no Source collects. */
      source_collected_by_ids?: string[];
      /** @description Labels of the `get_urls` to include; an empty list for none. */
      accept_get_urls?: string[];
      /** @description Ids of the Storage Backends whose `get_urls` to include; absent or empty for all. */
      accept_storage_ids?: string[];
      /** @description Only presigned (true) or only plain (false) `get_urls`; absent for both. */
      presigned?: boolean;
      /** @description Include storage metadata in `get_urls`. */
      verbose_storage?: boolean;
      /** @description Include `object_timerange`. */
      include_object_timerange?: boolean;
      tags?: components['schemas']['Tags'];
      /** @enum {string} */
      status: 'created' | 'started' | 'disabled' | 'error';
      error?: {
        type: string;
        summary: string;
        /** @description The last attempts. */
        traceback?: string[];
        /** Format: date-time */
        time: string;
      };
    };
    WebhookDelivery: {
      /** @description Identifies the event; the `webhook-id` header of its messages. */
      id: string;
      /** @enum {string} */
      event_type:
        | 'flows/created'
        | 'flows/updated'
        | 'flows/deleted'
        | 'flows/segments_added'
        | 'flows/segments_deleted'
        | 'sources/created'
        | 'sources/updated'
        | 'sources/deleted';
      /** Format: date-time */
      event_timestamp: string;
      flow_id?: string;
      source_id: string;
      /** @enum {string} */
      state: 'waiting' | 'delivered' | 'abandoned';
      /** @description How often it was tried. */
      attempts: number;
      /**
       * Format: date-time
       * @description When it arrived, the last time.
       */
      delivered?: string;
      /** @description The last attempts, oldest first. */
      history: {
        /**
         * Format: date-time
         * @description When it began.
         */
        time: string;
        duration_ms: number;
        /** @description Status of the answer; absent when there was none. */
        status_code?: number;
        /** @description Why it failed. */
        error?: string;
      }[];
    };
    WebhookPost: {
      /**
       * Format: uri
       * @description Where events are sent, each as one POST request.
       * @example https://hook.example.com
       */
      url: string;
      /**
       * @description Header that carries `api_key_value`.
       * @example Authorization
       */
      api_key_name?: string;
      /** @description What to be told of; an empty list for nothing at present. */
      events: (
        | 'flows/created'
        | 'flows/updated'
        | 'flows/deleted'
        | 'flows/segments_added'
        | 'flows/segments_deleted'
        | 'sources/created'
        | 'sources/updated'
        | 'sources/deleted'
      )[];
      /** @description Only events of these Flows. No effect on events of Sources. */
      flow_ids?: string[];
      /** @description Only events of these Sources and of their Flows. */
      source_ids?: string[];
      /** @description Only events of Flows that one of these Flows collects; an empty list for those no Flow collects. No effect on events of Sources. */
      flow_collected_by_ids?: string[];
      /** @description Only events of Sources, and of their Flows, that one of these Sources collects; an empty list for those no Source collects. */
      source_collected_by_ids?: string[];
      /** @description Labels of the `get_urls` to include; an empty list for none. */
      accept_get_urls?: string[];
      /** @description Ids of the Storage Backends whose `get_urls` to include; absent or empty for all. */
      accept_storage_ids?: string[];
      /** @description Only presigned (true) or only plain (false) `get_urls`; absent for both. */
      presigned?: boolean;
      /** @description Include storage metadata in `get_urls`. */
      verbose_storage?: boolean;
      /** @description Include `object_timerange`. */
      include_object_timerange?: boolean;
      tags?: components['schemas']['Tags'];
      /** @description Sent as the value of `api_key_name`, and the key deliveries are signed with. Never shown. */
      api_key_value?: string;
      /**
       * @description Default: "created".
       * @enum {string}
       */
      status?: 'created' | 'disabled';
    };
    WebhookPut: {
      id: string;
      /**
       * Format: uri
       * @description Where events are sent, each as one POST request.
       * @example https://hook.example.com
       */
      url: string;
      /**
       * @description Header that carries `api_key_value`.
       * @example Authorization
       */
      api_key_name?: string;
      /** @description What to be told of; an empty list for nothing at present. */
      events: (
        | 'flows/created'
        | 'flows/updated'
        | 'flows/deleted'
        | 'flows/segments_added'
        | 'flows/segments_deleted'
        | 'sources/created'
        | 'sources/updated'
        | 'sources/deleted'
      )[];
      /** @description Only events of these Flows. No effect on events of Sources. */
      flow_ids?: string[];
      /** @description Only events of these Sources and of their Flows. */
      source_ids?: string[];
      /** @description Only events of Flows that one of these Flows collects; an empty list for those no Flow collects. No effect on events of Sources. */
      flow_collected_by_ids?: string[];
      /** @description Only events of Sources, and of their Flows, that one of these Sources collects; an empty list for those no Source collects. */
      source_collected_by_ids?: string[];
      /** @description Labels of the `get_urls` to include; an empty list for none. */
      accept_get_urls?: string[];
      /** @description Ids of the Storage Backends whose `get_urls` to include; absent or empty for all. */
      accept_storage_ids?: string[];
      /** @description Only presigned (true) or only plain (false) `get_urls`; absent for both. */
      presigned?: boolean;
      /** @description Include storage metadata in `get_urls`. */
      verbose_storage?: boolean;
      /** @description Include `object_timerange`. */
      include_object_timerange?: boolean;
      tags?: components['schemas']['Tags'];
      /** @description A new key. Without one the key stays, unless the origin of the `url` changes. */
      api_key_value?: string;
      /** @enum {string} */
      status: 'created' | 'disabled';
      /** @description Decided by the server, ignored in a request, so that a webhook can be written as it was read. */
      readonly error?: unknown;
    };
    WebhookReplay: {
      replayed: number;
    };
    WebhookTest: {
      /** @description Whether the receiver took the message (2xx). */
      delivered: boolean;
      /**
       * Format: date-time
       * @description When it began.
       */
      time: string;
      duration_ms: number;
      /** @description Status of the answer; absent when there was none. */
      status_code?: number;
      /** @description Why it failed. */
      error?: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  'GET_flow-delete-requests-request-id': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the deletion request. */
        requestId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9f0187c1-419c-44d2-8269-e869ba409462",
           *       "flow_id": "d14c70ad-6c59-4092-b51f-b75f6edf04e3",
           *       "timerange_to_delete": "_",
           *       "timerange_remaining": "[1537349339:0_1537349347:21333333)",
           *       "delete_flow": true,
           *       "created": "2026-01-05T09:00:00.000000Z",
           *       "updated": "2026-01-05T09:00:01.000000Z",
           *       "expiry": "2026-01-06T09:00:01.000000Z",
           *       "status": "started"
           *     }
           */
          'application/json': components['schemas']['DeletionRequest'];
        };
      };
      /** @description There is no such request, or it is finished and forgotten. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:deletion-request-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no deletion request 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e; finished ones are forgotten after a while.",
           *       "instance": "/flow-delete-requests/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no deletion request 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e; finished ones are forgotten after a while."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flow-delete-requests/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  GET_flows: {
    parameters: {
      query?: {
        /** @description Opaque key of a page, from `X-Paging-NextKey` or the `Link` of the page before. */
        page?: string;
        /** @description Most items to return: 100 unless given, and never more than 1000. */
        limit?: number;
        /** @description Only Flows of this Source. */
        source_id?: string;
        /** @description A timerange such as `[0:0_10:0)`; `_` is all of time, `()` none. */
        timerange?: string;
        /** @description Only items of this format. */
        format?:
          | 'urn:x-nmos:format:video'
          | 'urn:x-tam:format:image'
          | 'urn:x-nmos:format:audio'
          | 'urn:x-nmos:format:data'
          | 'urn:x-nmos:format:multi';
        /** @description Only items of this coding, as a MIME type. */
        codec?: string;
        /** @description Only Flows made from this Profile. */
        profile_id?: string;
        /** @description Only items with exactly this label. */
        label?: string;
        /** @description Only items in this state. */
        status?: 'awaiting_content' | 'ingesting' | 'replication_in_progress' | 'closed_complete';
        /** @description Only video Flows with pictures this wide, in pixels. */
        frame_width?: number;
        /** @description Only video Flows with pictures this high, in pixels. */
        frame_height?: number;
        /** @description Only Flows that need (true) or do not need (false) initialisation segments. */
        init_segments?: boolean;
        /** @description Comma-separated Flow ids; an empty value selects Flows no other collects. */
        collected_by_ids?: string;
        /** @description What to sort by. */
        sort_by?: 'created' | 'metadata_updated' | 'label';
        /** @description Whether to list in the opposite order. */
        reverse_order?: boolean;
        /** @description Only items that have a tag called {name} with one of these values, separated by commas. The tag's own name stands in place of {name}: `tag.genre=news,sport`. A comma within a value is written `%252C`, a per cent sign `%2525`. */
        'tag.{name}'?: string;
        /** @description Only items that have (true) or lack (false) a tag called {name}, whatever its value. */
        'tag_exists.{name}'?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          /** @description URL of the next page, with `rel="next"`; absent on the last page. */
          Link?: string;
          /** @description The limit in force, which may be lower than the one asked for. */
          'X-Paging-Limit'?: number;
          /** @description Number of items on this page. */
          'X-Paging-Count'?: number;
          /** @description Key of the next page, for the `page` parameter; absent on the last page. */
          'X-Paging-NextKey'?: string;
          /** @description Whether the order is reversed. */
          'X-Paging-Reverse-Order'?: boolean;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example [
           *       {
           *         "id": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *         "source_id": "2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *         "label": "Studio 3, camera 1, HD",
           *         "format": "urn:x-nmos:format:video",
           *         "codec": "video/h264",
           *         "container": "video/mp2t",
           *         "essence_parameters": {
           *           "frame_rate": {
           *             "numerator": 25
           *           },
           *           "frame_width": 1920,
           *           "frame_height": 1080
           *         },
           *         "metadata_version": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *         "created": "2026-01-05T09:00:00.000000Z",
           *         "metadata_updated": "2026-01-05T09:00:00.000000Z"
           *       }
           *     ]
           */
          'application/json': components['schemas']['Flow'][];
        };
      };
      /** @description A query parameter is not valid; `errors` says which. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.limit: must be a whole number",
           *       "instance": "/flows",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.limit",
           *           "message": "must be a whole number"
           *         }
           *       ],
           *       "message": "query.limit: must be a whole number"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_flows-flowId': {
    parameters: {
      query?: {
        /** @description Whether the answer says which `timerange` the Flow covers. */
        include_timerange?: boolean;
        /** @description Limits the `timerange` in the answer to Segments that overlap this. */
        timerange?: string;
      };
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "source_id": "2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *       "label": "Studio 3, camera 1, HD",
           *       "format": "urn:x-nmos:format:video",
           *       "codec": "video/h264",
           *       "container": "video/mp2t",
           *       "essence_parameters": {
           *         "frame_rate": {
           *           "numerator": 25
           *         },
           *         "frame_width": 1920,
           *         "frame_height": 1080
           *       },
           *       "metadata_version": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "created": "2026-01-05T09:00:00.000000Z",
           *       "metadata_updated": "2026-01-05T09:00:00.000000Z"
           *     }
           */
          'application/json': components['schemas']['Flow'];
        };
      };
      /** @description A query parameter is not valid. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.include_timerange: must be true or false",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.include_timerange",
           *           "message": "must be true or false"
           *         }
           *       ],
           *       "message": "query.include_timerange: must be true or false"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such Flow. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'PUT_flows-flowId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['FlowPut'];
      };
    };
    responses: {
      /** @description Created. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "source_id": "2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *       "label": "Studio 3, camera 1, HD",
           *       "format": "urn:x-nmos:format:video",
           *       "codec": "video/h264",
           *       "container": "video/mp2t",
           *       "essence_parameters": {
           *         "frame_rate": {
           *           "numerator": 25
           *         },
           *         "frame_width": 1920,
           *         "frame_height": 1080
           *       },
           *       "metadata_version": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "created": "2026-01-05T09:00:00.000000Z",
           *       "metadata_updated": "2026-01-05T09:00:00.000000Z"
           *     }
           */
          'application/json': components['schemas']['Flow'];
        };
      };
      /** @description Replaced. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The Flow breaks a rule; `errors` names the fields. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "The Flow breaks a rule; `errors` names the fields.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The Flow breaks a rule; `errors` names the fields."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The Flow is read-only. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-read-only",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The id in the path is malformed. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:malformed-identifier",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no such resource: the flowId in the path must be a lower-case UUID.",
           *       "instance": "/flows/not-an-id",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no such resource: the flowId in the path must be a lower-case UUID."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'DELETE_flows-flowId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description There is much to delete, and it goes on after this answer. */
      202: {
        headers: {
          /** @description The deletion request, which tells how far it has come. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9f0187c1-419c-44d2-8269-e869ba409462",
           *       "flow_id": "d14c70ad-6c59-4092-b51f-b75f6edf04e3",
           *       "timerange_to_delete": "_",
           *       "timerange_remaining": "[1537349339:0_1537349347:21333333)",
           *       "delete_flow": true,
           *       "created": "2026-01-05T09:00:00.000000Z",
           *       "updated": "2026-01-05T09:00:01.000000Z",
           *       "expiry": "2026-01-06T09:00:01.000000Z",
           *       "status": "started"
           *     }
           */
          'application/json': components['schemas']['DeletionRequest'];
        };
      };
      /** @description The Flow and its segments are gone. Objects that nothing uses any more are removed later. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The Flow is read-only. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-read-only",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such Flow. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_flows-flowId-read-only': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /** @example true */
          'application/json': boolean;
        };
      };
      /** @description There is no such Flow, or its read-only switch is not set. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'PUT_flows-flowId-read-only': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': boolean;
      };
    };
    responses: {
      /** @description Set. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Not a valid read-only switch. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "Not a valid read-only switch.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Not a valid read-only switch."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description You may not change this Flow. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-read-only",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such Flow. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_flows-flowId-segments': {
    parameters: {
      query?: {
        /** @description Opaque key of a page, from `X-Paging-NextKey` or the `Link` of the page before. */
        page?: string;
        /** @description Most items to return: 100 unless given, and never more than 1000. */
        limit?: number;
        /** @description Include storage metadata in `get_urls`; otherwise only `url`, `presigned` and `label`. */
        verbose_storage?: boolean;
        /** @description Comma-separated labels of the `get_urls` to include; empty for none at all. URLs without a label appear only when this is omitted. */
        accept_get_urls?: string;
        /** @description Comma-separated ids of the storage backends whose `get_urls` to include; omitted or empty for all. */
        accept_storage_ids?: string;
        /** @description Only presigned (`true`) or only plain (`false`) `get_urls`; omitted for both. */
        presigned?: boolean;
        /** @description Only segments of this object. */
        object_id?: string;
        /** @description Only segments that overlap this timerange, wholly or partly. */
        timerange?: string;
        /** @description Latest segments first. */
        reverse_order?: boolean;
        /** @description Include `object_timerange`, the timerange of the whole media object. */
        include_object_timerange?: boolean;
        /** @description Only URLs on Storage Backends that have a tag called {name} with one of these values, separated by commas. The tag's own name stands in place of {name}: `storage_backend_tag.genre=news,sport`. A comma within a value is written `%252C`, a per cent sign `%2525`. */
        'storage_backend_tag.{name}'?: string;
        /** @description Only URLs on Storage Backends that have (true) or lack (false) a tag called {name}, whatever its value. */
        'storage_backend_tag_exists.{name}'?: boolean;
      };
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          /** @description URL of the next page, with `rel="next"`; absent on the last page. */
          Link?: string;
          /** @description The limit in force, which may be lower than the one asked for. */
          'X-Paging-Limit'?: number;
          /** @description Number of items on this page. */
          'X-Paging-Count'?: number;
          /** @description Key of the next page, for the `page` parameter; absent on the last page. */
          'X-Paging-NextKey'?: string;
          /** @description Whether the order is reversed. */
          'X-Paging-Reverse-Order'?: boolean;
          /** @description Timerange that the items of this page cover. */
          'X-Paging-Timerange'?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example [
           *       {
           *         "object_id": "99c27f3f-ab67-47ae-8dd3-e5c146912b50",
           *         "timerange": "[20:0_21:0)",
           *         "get_urls": [
           *           {
           *             "url": "https://store.example.com/99c27f3f-ab67-47ae-8dd3-e5c146912b50"
           *           }
           *         ]
           *       }
           *     ]
           */
          'application/json': components['schemas']['FlowSegment'][];
        };
      };
      /** @description Invalid query options. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.limit: must be a whole number",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.limit",
           *           "message": "must be a whole number"
           *         }
           *       ],
           *       "message": "query.limit: must be a whole number"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The id in the path is malformed. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:malformed-identifier",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no such resource: the flowId in the path must be a lower-case UUID.",
           *       "instance": "/flows/not-an-id/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no such resource: the flowId in the path must be a lower-case UUID."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'POST_flows-flowId-segments': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['FlowSegmentBatch'];
      };
    };
    responses: {
      /** @description Some segments of the list failed; the others were registered. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "failed_segments": [
           *         {
           *           "object_id": "99c27f3f-ab67-47ae-8dd3-e5c146912b50",
           *           "timerange": "[20:0_21:0)",
           *           "error": {
           *             "type": "segment-overlap",
           *             "summary": "The timerange [20:0_21:0) overlaps the segment at [19:0_20:500000000) of this Flow.",
           *             "time": "2026-01-05T09:00:00.000Z"
           *           }
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['FailedSegments'];
        };
      };
      /** @description All segments were registered. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The body is malformed, the one segment cannot be registered, or the Flow has no container. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "The body is malformed, the one segment cannot be registered, or the Flow has no container.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The body is malformed, the one segment cannot be registered, or the Flow has no container."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The Flow is read-only. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-read-only",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such Flow. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The list is too long; send several requests. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:body-too-large",
           *       "title": "Content too large",
           *       "status": 413,
           *       "detail": "The list is too long; send several requests.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The list is too long; send several requests."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'DELETE_flows-flowId-segments': {
    parameters: {
      query?: {
        /** @description Only segments that lie wholly within this timerange. */
        timerange?: string;
        /** @description Only segments of this object. */
        object_id?: string;
      };
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description There is much to delete, and it goes on after this answer. */
      202: {
        headers: {
          /** @description The deletion request, which tells how far it has come. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "9f0187c1-419c-44d2-8269-e869ba409462",
           *       "flow_id": "d14c70ad-6c59-4092-b51f-b75f6edf04e3",
           *       "timerange_to_delete": "_",
           *       "timerange_remaining": "[1537349339:0_1537349347:21333333)",
           *       "delete_flow": true,
           *       "created": "2026-01-05T09:00:00.000000Z",
           *       "updated": "2026-01-05T09:00:01.000000Z",
           *       "expiry": "2026-01-06T09:00:01.000000Z",
           *       "status": "started"
           *     }
           */
          'application/json': components['schemas']['DeletionRequest'];
        };
      };
      /** @description The segments are gone. Objects that nothing uses any more are removed later. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Invalid query options. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "Invalid query options.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Invalid query options."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The Flow is read-only, or being deleted. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-read-only",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such Flow. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/segments",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'POST_flows-flowId-storage': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the Flow. */
        flowId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['FlowStoragePost'];
      };
    };
    responses: {
      /** @description Allocated. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "media_objects": [
           *         {
           *           "object_id": "99c27f3f-ab67-47ae-8dd3-e5c146912b50",
           *           "put_url": {
           *             "url": "https://store.example.com/99c27f3f-ab67-47ae-8dd3-e5c146912b50?signature=…",
           *             "content-type": "video/mp2t"
           *           },
           *           "presigned": true
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['FlowStorage'];
        };
      };
      /** @description Not valid, an id is in use already, or the Flow has no container. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "Not valid, an id is in use already, or the Flow has no container.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/storage",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Not valid, an id is in use already, or the Flow has no container."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The Flow is read-only. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-read-only",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/storage",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34 is read-only; PUT false to /flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/read_only first."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such Flow. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:flow-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/storage",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Flow 4f79cfd1-c057-47f4-8e4d-1b126ca7bf34."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/flows/4f79cfd1-c057-47f4-8e4d-1b126ca7bf34/storage",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  GET_insight: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "at": "2026-01-05T03:02:11.000Z",
           *       "status": "ok",
           *       "summary": "All 15 parts work.",
           *       "version": "0.1.0",
           *       "uptime_seconds": 7331,
           *       "checks": [
           *         {
           *           "name": "database",
           *           "status": "up",
           *           "latency_ms": 0.8,
           *           "facts": {},
           *           "last_hour": [
           *             "up",
           *             "up"
           *           ]
           *         }
           *       ],
           *       "figures": {
           *         "requests_2xx": 210.4,
           *         "request_p95": 0.0047
           *       },
           *       "replicas": [
           *         {
           *           "name": "store-1:7",
           *           "version": "0.1.0",
           *           "started": "2026-01-05T01:00:00.000Z",
           *           "seen": "2026-01-05T03:02:10.000Z",
           *           "this_one": true,
           *           "state": "running",
           *           "status": "ok",
           *           "summary": "All 15 parts work."
           *         }
           *       ],
           *       "links": {
           *         "grafana": "http://localhost:3000"
           *       }
           *     }
           */
          'application/json': components['schemas']['InsightOverview'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_insight-changes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "version": "0.1.0",
           *       "node": "v24.21.0",
           *       "log_level": "info",
           *       "log_level_configured": "info",
           *       "settings": [
           *         {
           *           "name": "DATABASE_POOL_SIZE",
           *           "value": "40"
           *         }
           *       ],
           *       "unknown_settings": [],
           *       "starts": [
           *         {
           *           "name": "store-1:7",
           *           "version": "0.1.0",
           *           "started": "2026-01-05T01:00:00.000Z",
           *           "seen": "2026-01-05T03:02:10.000Z",
           *           "this_one": true,
           *           "state": "running",
           *           "status": "ok",
           *           "summary": "All 15 parts work."
           *         }
           *       ],
           *       "migrations": [
           *         "InitialSchema1763800000000"
           *       ]
           *     }
           */
          'application/json': components['schemas']['InsightChanges'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/changes",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_insight-correlations-correlationId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The `correlation_id` of a problem document, or the header `X-Correlation-ID` of an answer. */
        correlationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "correlation_id": "7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *       "work": [
           *         {
           *           "kind": "request",
           *           "name": "/flows/{flowId}",
           *           "correlation_id": "7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *           "started": "2026-01-05T03:02:11.000Z",
           *           "duration_ms": 30004.2,
           *           "outcome": "error",
           *           "status": 503,
           *           "problem": "dependency-unavailable",
           *           "failure": "The metadata store cannot answer just now; try again shortly.: canceling statement due to statement timeout",
           *           "facts": {
           *             "method": "PUT",
           *             "route": "/flows/{flowId}",
           *             "flow_id": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34"
           *           },
           *           "steps": [
           *             {
           *               "kind": "statement",
           *               "name": "SELECT flows",
           *               "start_ms": 2.1,
           *               "duration_ms": 30001.7,
           *               "failure": "57014",
           *               "session": 4711,
           *               "waits_for": "session 4702 (psql, idle in transaction for 31 s): LOCK TABLE flows"
           *             }
           *           ]
           *         }
           *       ],
           *       "lines": [
           *         {
           *           "level": "error",
           *           "time": "2026-01-05T03:02:41.004Z",
           *           "correlation_id": "7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *           "msg": "request"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Correlated'];
        };
      };
      /** @description No correlation id; `errors` says why. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "No correlation id; `errors` says why.",
           *       "instance": "/insight/correlations/7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "No correlation id; `errors` says why."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/correlations/7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_insight-errors': {
    parameters: {
      query?: {
        /** @description `rejected` for what was the mistake of clients. */
        outcome?: 'error' | 'rejected';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "kind": "request",
           *           "name": "/flows/{flowId}",
           *           "correlation_id": "7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *           "started": "2026-01-05T03:02:11.000Z",
           *           "duration_ms": 30004.2,
           *           "outcome": "error",
           *           "status": 503,
           *           "problem": "dependency-unavailable",
           *           "failure": "The metadata store cannot answer just now; try again shortly.: canceling statement due to statement timeout",
           *           "facts": {
           *             "method": "PUT",
           *             "route": "/flows/{flowId}",
           *             "flow_id": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34"
           *           },
           *           "steps": [
           *             {
           *               "kind": "statement",
           *               "name": "SELECT flows",
           *               "start_ms": 2.1,
           *               "duration_ms": 30001.7,
           *               "failure": "57014",
           *               "session": 4711,
           *               "waits_for": "session 4702 (psql, idle in transaction for 31 s): LOCK TABLE flows"
           *             }
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['InsightEntries'];
        };
      };
      /** @description A query parameter is not valid; `errors` says which. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "A query parameter is not valid; `errors` says which.",
           *       "instance": "/insight/errors",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "A query parameter is not valid; `errors` says which."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/errors",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'POST_insight-jobs-jobId-stop': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of a job, as `GET /insight/now` lists it. */
        jobId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The job was told. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A job of this kind cannot be stopped. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:forbidden",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "A job of this kind cannot be stopped.",
           *       "instance": "/insight/jobs/0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11/stop",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "A job of this kind cannot be stopped."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such job that goes on or waits. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:job-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no job 0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11 that goes on or waits.",
           *       "instance": "/insight/jobs/0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11/stop",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no job 0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11 that goes on or waits."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/jobs/0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11/stop",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'PUT_insight-log-level': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['LogLevel'];
      };
    };
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "level": "debug"
           *     }
           */
          'application/json': components['schemas']['LogLevel'];
        };
      };
      /** @description There is no such level. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "There is no such level.",
           *       "instance": "/insight/log-level",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no such level."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/log-level",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_insight-now': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "work": [],
           *       "sessions": [
           *         {
           *           "pid": 4702,
           *           "session_started": "2026-01-05T03:01:59.000Z",
           *           "application": "psql",
           *           "state": "idle in transaction",
           *           "seconds": 31.2,
           *           "query": "LOCK TABLE flows",
           *           "blocked_by": []
           *         }
           *       ],
           *       "jobs": [
           *         {
           *           "id": "0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11",
           *           "kind": "flow-deletion",
           *           "state": "running",
           *           "attempt": 1,
           *           "since": "2026-01-05T03:01:12.000Z",
           *           "seconds": 78.2,
           *           "correlation_id": "7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *           "progress": {
           *             "about": "Flow d14c70ad-6c59-4092-b51f-b75f6edf04e3",
           *             "unit": "segments",
           *             "done": 1020000,
           *             "total": 2400000,
           *             "per_second": 13043.5
           *           },
           *           "when_stopped": "What is deleted is gone; the Flow keeps the rest, and can be written again."
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['RunningNow'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/now",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_insight-routes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "method": "PUT",
           *           "route": "/flows/{flowId}",
           *           "requests": 120,
           *           "rejected": 0,
           *           "errors": 3,
           *           "p50": 0.0031,
           *           "p95": 0.012,
           *           "p99": 0.04
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['InsightRoutes'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/routes",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_insight-series': {
    parameters: {
      query?: {
        /** @description Every 5 s of an hour, or every minute of a day. */
        window?: 'hour' | 'day';
        /** @description Comma list of figures; all when absent. */
        names?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "at": "2026-01-05T03:02:11.000Z",
           *       "step_seconds": 5,
           *       "series": [
           *         {
           *           "name": "requests_2xx",
           *           "unit": "requests/s",
           *           "help": "Requests answered 2xx, without probes.",
           *           "points": [
           *             208,
           *             210.4
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['InsightSeries'];
        };
      };
      /** @description A query parameter is not valid; `errors` says which. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "A query parameter is not valid; `errors` says which.",
           *       "instance": "/insight/series",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "A query parameter is not valid; `errors` says which."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/series",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'POST_insight-sessions-pid-stop': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Process id of a session of the metadata store, as PostgreSQL counts. */
        pid: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SessionStop'];
      };
    };
    responses: {
      /** @description PostgreSQL was told. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Not a valid request; `errors` says why. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "Not a valid request; `errors` says why.",
           *       "instance": "/insight/sessions/4702/stop",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Not a valid request; `errors` says why."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description PostgreSQL does not let this server stop it. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:forbidden",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "PostgreSQL does not let this server stop it.",
           *       "instance": "/insight/sessions/4702/stop",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "PostgreSQL does not let this server stop it."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such session any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:session-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no session 4702 of the metadata store that began then.",
           *       "instance": "/insight/sessions/4702/stop",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no session 4702 of the metadata store that began then."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/sessions/4702/stop",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_insight-traces': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "kind": "request",
           *           "name": "/flows/{flowId}",
           *           "correlation_id": "7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *           "started": "2026-01-05T03:02:11.000Z",
           *           "duration_ms": 30004.2,
           *           "outcome": "success",
           *           "status": 204,
           *           "problem": "dependency-unavailable",
           *           "failure": "The metadata store cannot answer just now; try again shortly.: canceling statement due to statement timeout",
           *           "facts": {
           *             "method": "PUT",
           *             "route": "/flows/{flowId}",
           *             "flow_id": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34"
           *           },
           *           "steps": [
           *             {
           *               "kind": "statement",
           *               "name": "SELECT flows",
           *               "start_ms": 2.1,
           *               "duration_ms": 30001.7,
           *               "failure": "57014",
           *               "session": 4711,
           *               "waits_for": "session 4702 (psql, idle in transaction for 31 s): LOCK TABLE flows"
           *             }
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['InsightEntries'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/insight/traces",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  GET_objects: {
    parameters: {
      query?: {
        /** @description Opaque key of a page, from `X-Paging-NextKey` or the `Link` of the page before. */
        page?: string;
        /** @description Most items to return: 100 unless given, and never more than 1000. */
        limit?: number;
        /** @description Include storage metadata in `get_urls`; otherwise only `url`, `presigned` and `label`. */
        verbose_storage?: boolean;
        /** @description Comma-separated labels of the `get_urls` to include; empty for none at all. URLs without a label appear only when this is omitted. */
        accept_get_urls?: string;
        /** @description Comma-separated ids of the storage backends whose `get_urls` to include; omitted or empty for all. */
        accept_storage_ids?: string;
        /** @description Only presigned (`true`) or only plain (`false`) `get_urls`; omitted for both. */
        presigned?: boolean;
        /** @description Only referencing Flows that have a tag called {name} with one of these values, separated by commas. The tag's own name stands in place of {name}: `flow_tag.genre=news,sport`. A comma within a value is written `%252C`, a per cent sign `%2525`. */
        'flow_tag.{name}'?: string;
        /** @description Only referencing Flows that have (true) or lack (false) a tag called {name}, whatever its value. */
        'flow_tag_exists.{name}'?: boolean;
        /** @description Only URLs on Storage Backends that have a tag called {name} with one of these values, separated by commas. The tag's own name stands in place of {name}: `storage_backend_tag.genre=news,sport`. A comma within a value is written `%252C`, a per cent sign `%2525`. */
        'storage_backend_tag.{name}'?: string;
        /** @description Only URLs on Storage Backends that have (true) or lack (false) a tag called {name}, whatever its value. */
        'storage_backend_tag_exists.{name}'?: boolean;
      };
      header?: never;
      path: {
        /** @description Object identifier; percent-encode it in a URL (`/` is `%2F`). */
        objectId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          /** @description URL of the next page, with `rel="next"`; absent on the last page. */
          Link?: string;
          /** @description The limit in force, which may be lower than the one asked for. */
          'X-Paging-Limit'?: number;
          /** @description Number of items on this page. */
          'X-Paging-Count'?: number;
          /** @description Key of the next page, for the `page` parameter; absent on the last page. */
          'X-Paging-NextKey'?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "99c27f3f-ab67-47ae-8dd3-e5c146912b50",
           *       "timerange": "[20:0_21:0)",
           *       "get_urls": [
           *         {
           *           "url": "https://store.example.com/99c27f3f-ab67-47ae-8dd3-e5c146912b50"
           *         }
           *       ],
           *       "referenced_by_flows": [
           *         "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34"
           *       ],
           *       "first_referenced_by_flow": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34"
           *     }
           */
          'application/json': components['schemas']['Object'];
        };
      };
      /** @description Invalid query options. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.limit: must be a whole number",
           *       "instance": "/objects/99c27f3f-ab67-47ae-8dd3-e5c146912b50",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.limit",
           *           "message": "must be a whole number"
           *         }
           *       ],
           *       "message": "query.limit: must be a whole number"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such object, or no Flow Segment uses it yet. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:object-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no object 99c27f3f-ab67-47ae-8dd3-e5c146912b50 that a Flow Segment uses.",
           *       "instance": "/objects/99c27f3f-ab67-47ae-8dd3-e5c146912b50",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no object 99c27f3f-ab67-47ae-8dd3-e5c146912b50 that a Flow Segment uses."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/objects/99c27f3f-ab67-47ae-8dd3-e5c146912b50",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  GET_service: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "name": "Studio store",
           *       "description": "Rushes and programmes of studio 3",
           *       "type": "urn:x-tams:service.tams-server",
           *       "api_version": "8.2",
           *       "service_version": "0.1.0",
           *       "event_stream_mechanisms": [],
           *       "min_object_timeout": "600:0",
           *       "min_presigned_url_timeout": "600:0"
           *     }
           */
          'application/json': components['schemas']['Service'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  POST_service: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ServicePost'];
      };
    };
    responses: {
      /** @description Set. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Not a valid update; `errors` says where. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "Not a valid update; `errors` says where.",
           *       "instance": "/service",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Not a valid update; `errors` says where."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description You may not change this server. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:forbidden",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "You may not change this server.",
           *       "instance": "/service",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "You may not change this server."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  GET_audit: {
    parameters: {
      query?: {
        /** @description Identifier of a resource, as in its path: changes and refusals of it alone. */
        resource?: string;
        /** @description Name of a principal: what they did and were refused. */
        principal?: string;
        /** @description Reads on from here: `next` of the answer before. */
        before?: number;
        /** @description Most items to return: 100 unless given, and never more than 1000. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "kept_in": "file",
           *       "lines": [
           *         {
           *           "time": "2026-01-05T09:00:00.000Z",
           *           "audit": "change",
           *           "principal": "ingest",
           *           "principal_id": "bearer:https://id.example#4711",
           *           "authentication": "bearer",
           *           "method": "PUT",
           *           "route": "/flows/{flowId}",
           *           "resource": {
           *             "flowId": "4f79cfd1-c057-47f4-8e4d-1b126ca7bf34"
           *           },
           *           "outcome": "done",
           *           "status": 201,
           *           "correlation_id": "7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11",
           *           "source": "192.0.2.7"
           *         }
           *       ],
           *       "next": 81930
           *     }
           */
          'application/json': components['schemas']['AuditFindings'];
        };
      };
      /** @description A query parameter is not valid; `errors` says which. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.before: must be a whole number",
           *       "instance": "/service/audit",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.before",
           *           "message": "must be a whole number"
           *         }
           *       ],
           *       "message": "query.before: must be a whole number"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The file of the audit log cannot be read just now. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:unavailable",
           *       "title": "Service unavailable",
           *       "status": 503,
           *       "detail": "The file of the audit log cannot be read just now.",
           *       "instance": "/service/audit",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The file of the audit log cannot be read just now."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/audit",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_storage-backends': {
    parameters: {
      query?: {
        /** @description Opaque key of a page, from `X-Paging-NextKey` or the `Link` of the page before. */
        page?: string;
        /** @description Most items to return: 100 unless given, and never more than 1000. */
        limit?: number;
        /** @description Whether to list in the opposite order. */
        reverse_order?: boolean;
        /** @description Only items that have a tag called {name} with one of these values, separated by commas. The tag's own name stands in place of {name}: `tag.genre=news,sport`. A comma within a value is written `%252C`, a per cent sign `%2525`. */
        'tag.{name}'?: string;
        /** @description Only items that have (true) or lack (false) a tag called {name}, whatever its value. */
        'tag_exists.{name}'?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          /** @description URL of the next page, with `rel="next"`; absent on the last page. */
          Link?: string;
          /** @description The limit in force, which may be lower than the one asked for. */
          'X-Paging-Limit'?: number;
          /** @description Number of items on this page. */
          'X-Paging-Count'?: number;
          /** @description Key of the next page, for the `page` parameter; absent on the last page. */
          'X-Paging-NextKey'?: string;
          /** @description Whether the order is reversed. */
          'X-Paging-Reverse-Order'?: boolean;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example [
           *       {
           *         "id": "b3a1c9d2-5f6e-4a7b-8c9d-0e1f2a3b4c5d",
           *         "label": "local-disk",
           *         "store_type": "http_object_store",
           *         "provider": "local",
           *         "store_product": "filesystem",
           *         "default_storage": true
           *       }
           *     ]
           */
          'application/json': components['schemas']['StorageBackend'][];
        };
      };
      /** @description A query parameter is not valid; `errors` says which. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.limit: must be a whole number",
           *       "instance": "/service/storage-backends",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.limit",
           *           "message": "must be a whole number"
           *         }
           *       ],
           *       "message": "query.limit: must be a whole number"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/storage-backends",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  GET_webhooks: {
    parameters: {
      query?: {
        /** @description Opaque key of a page, from `X-Paging-NextKey` or the `Link` of the page before. */
        page?: string;
        /** @description Most items to return: 100 unless given, and never more than 1000. */
        limit?: number;
        /** @description Whether to list in the opposite order. */
        reverse_order?: boolean;
        /** @description Only items that have a tag called {name} with one of these values, separated by commas. The tag's own name stands in place of {name}: `tag.genre=news,sport`. A comma within a value is written `%252C`, a per cent sign `%2525`. */
        'tag.{name}'?: string;
        /** @description Only items that have (true) or lack (false) a tag called {name}, whatever its value. */
        'tag_exists.{name}'?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          /** @description URL of the next page, with `rel="next"`; absent on the last page. */
          Link?: string;
          /** @description The limit in force, which may be lower than the one asked for. */
          'X-Paging-Limit'?: number;
          /** @description Number of items on this page. */
          'X-Paging-Count'?: number;
          /** @description Key of the next page, for the `page` parameter; absent on the last page. */
          'X-Paging-NextKey'?: string;
          /** @description Whether the order is reversed. */
          'X-Paging-Reverse-Order'?: boolean;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example [
           *       {
           *         "id": "e85efab4-993b-4ad6-9af3-4cd8d0d38860",
           *         "url": "https://hook.example.com/tams",
           *         "api_key_name": "Authorization",
           *         "events": [
           *           "flows/created",
           *           "flows/segments_added"
           *         ],
           *         "source_ids": [
           *           "2aa143ac-0ab7-4d75-bc32-5c00c13d186f"
           *         ],
           *         "presigned": true,
           *         "tags": {
           *           "owner": "transcoding"
           *         },
           *         "status": "started"
           *       }
           *     ]
           */
          'application/json': components['schemas']['Webhook'][];
        };
      };
      /** @description A query parameter is not valid; `errors` says which. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.limit: must be a whole number",
           *       "instance": "/service/webhooks",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.limit",
           *           "message": "must be a whole number"
           *         }
           *       ],
           *       "message": "query.limit: must be a whole number"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are no webhooks here. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:unknown-path",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There are no webhooks here.",
           *       "instance": "/service/webhooks",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There are no webhooks here."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  POST_webhooks: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookPost'];
      };
    };
    responses: {
      /** @description Registered. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "e85efab4-993b-4ad6-9af3-4cd8d0d38860",
           *       "url": "https://hook.example.com/tams",
           *       "api_key_name": "Authorization",
           *       "events": [
           *         "flows/created",
           *         "flows/segments_added"
           *       ],
           *       "source_ids": [
           *         "2aa143ac-0ab7-4d75-bc32-5c00c13d186f"
           *       ],
           *       "presigned": true,
           *       "tags": {
           *         "owner": "transcoding"
           *       },
           *       "status": "created"
           *     }
           */
          'application/json': components['schemas']['Webhook'];
        };
      };
      /** @description Not a valid webhook, a URL this server does not send to, or a status that cannot follow the present one. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "Not a valid webhook, a URL this server does not send to, or a status that cannot follow the present one.",
           *       "instance": "/service/webhooks",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Not a valid webhook, a URL this server does not send to, or a status that cannot follow the present one."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description You have as many webhooks as one principal may, or may not do this. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:forbidden",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "You have as many webhooks as one principal may, or may not do this.",
           *       "instance": "/service/webhooks",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "You have as many webhooks as one principal may, or may not do this."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are no webhooks here. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:unknown-path",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There are no webhooks here.",
           *       "instance": "/service/webhooks",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There are no webhooks here."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_webhooks-webhookId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "e85efab4-993b-4ad6-9af3-4cd8d0d38860",
           *       "url": "https://hook.example.com/tams",
           *       "api_key_name": "Authorization",
           *       "events": [
           *         "flows/created",
           *         "flows/segments_added"
           *       ],
           *       "source_ids": [
           *         "2aa143ac-0ab7-4d75-bc32-5c00c13d186f"
           *       ],
           *       "presigned": true,
           *       "tags": {
           *         "owner": "transcoding"
           *       },
           *       "status": "started"
           *     }
           */
          'application/json': components['schemas']['Webhook'];
        };
      };
      /** @description There is no such webhook. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  PUT_webhooks: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookPut'];
      };
    };
    responses: {
      /** @description Replaced. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "e85efab4-993b-4ad6-9af3-4cd8d0d38860",
           *       "url": "https://hook.example.com/tams",
           *       "api_key_name": "Authorization",
           *       "events": [
           *         "flows/created",
           *         "flows/segments_added"
           *       ],
           *       "source_ids": [
           *         "2aa143ac-0ab7-4d75-bc32-5c00c13d186f"
           *       ],
           *       "presigned": true,
           *       "tags": {
           *         "owner": "transcoding"
           *       },
           *       "status": "created"
           *     }
           */
          'application/json': components['schemas']['Webhook'];
        };
      };
      /** @description Not a valid webhook, a URL this server does not send to, or a status that cannot follow the present one. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "Not a valid webhook, a URL this server does not send to, or a status that cannot follow the present one.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "Not a valid webhook, a URL this server does not send to, or a status that cannot follow the present one."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description You may not do this. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:forbidden",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "You may not do this.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "You may not do this."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such webhook. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'DELETE_webhooks-webhookId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Deleted. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description You may not do this. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:forbidden",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "You may not do this.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "You may not do this."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such webhook. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_webhooks-webhookId-deliveries': {
    parameters: {
      query?: {
        /** @description Opaque key of a page, from `X-Paging-NextKey` or the `Link` of the page before. */
        page?: string;
        /** @description Most items to return: 100 unless given, and never more than 1000. */
        limit?: number;
        /** @description Only deliveries in this state. */
        state?: 'waiting' | 'delivered' | 'abandoned';
        /** @description Oldest events first. */
        reverse_order?: boolean;
      };
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          /** @description URL of the next page, with `rel="next"`; absent on the last page. */
          Link?: string;
          /** @description The limit in force, which may be lower than the one asked for. */
          'X-Paging-Limit'?: number;
          /** @description Number of items on this page. */
          'X-Paging-Count'?: number;
          /** @description Key of the next page, for the `page` parameter; absent on the last page. */
          'X-Paging-NextKey'?: string;
          /** @description Whether the order is reversed. */
          'X-Paging-Reverse-Order'?: boolean;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example [
           *       {
           *         "id": "0f6a3c52-5b44-4b6e-9a5c-3c6b8d9ce2a1",
           *         "event_type": "flows/updated",
           *         "event_timestamp": "2026-01-05T09:00:00.123456Z",
           *         "flow_id": "4f2a7c52-5b44-4b6e-9a5c-3c6b8d9ce2a1",
           *         "source_id": "2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *         "state": "delivered",
           *         "attempts": 2,
           *         "delivered": "2026-01-05T09:00:01.009000Z",
           *         "history": [
           *           {
           *             "time": "2026-01-05T09:00:00.250Z",
           *             "duration_ms": 12,
           *             "status_code": 503,
           *             "error": "answered 503"
           *           },
           *           {
           *             "time": "2026-01-05T09:00:01.000Z",
           *             "duration_ms": 9,
           *             "status_code": 204
           *           }
           *         ]
           *       }
           *     ]
           */
          'application/json': components['schemas']['WebhookDelivery'][];
        };
      };
      /** @description A query parameter is not valid; `errors` says which. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "query.limit: must be a whole number",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "errors": [
           *         {
           *           "path": "query.limit",
           *           "message": "must be a whole number"
           *         }
           *       ],
           *       "message": "query.limit: must be a whole number"
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such webhook. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_webhooks-webhookId-deliveries-deliveryId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
        /** @description Identifier of the event, as in the `webhook-id` header. */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "0f6a3c52-5b44-4b6e-9a5c-3c6b8d9ce2a1",
           *       "event_type": "flows/updated",
           *       "event_timestamp": "2026-01-05T09:00:00.123456Z",
           *       "flow_id": "4f2a7c52-5b44-4b6e-9a5c-3c6b8d9ce2a1",
           *       "source_id": "2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *       "state": "delivered",
           *       "attempts": 2,
           *       "delivered": "2026-01-05T09:00:01.009000Z",
           *       "history": [
           *         {
           *           "time": "2026-01-05T09:00:00.250Z",
           *           "duration_ms": 12,
           *           "status_code": 503,
           *           "error": "answered 503"
           *         },
           *         {
           *           "time": "2026-01-05T09:00:01.000Z",
           *           "duration_ms": 9,
           *           "status_code": 204
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WebhookDelivery'];
        };
      };
      /** @description There is no such webhook, or no such delivery. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'DELETE_webhooks-webhookId-deliveries-deliveryId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
        /** @description Identifier of the event, as in the `webhook-id` header. */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Given up. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It is not waiting to be delivered. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "It is not waiting to be delivered.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "It is not waiting to be delivered."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such webhook, or no such delivery. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'POST_webhooks-webhookId-deliveries-deliveryId-replay': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
        /** @description Identifier of the event, as in the `webhook-id` header. */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It waits to be sent. */
      202: {
        headers: {
          /** @description The delivery. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "0f6a3c52-5b44-4b6e-9a5c-3c6b8d9ce2a1",
           *       "event_type": "flows/updated",
           *       "event_timestamp": "2026-01-05T09:00:00.123456Z",
           *       "flow_id": "4f2a7c52-5b44-4b6e-9a5c-3c6b8d9ce2a1",
           *       "source_id": "2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *       "state": "waiting",
           *       "attempts": 2,
           *       "delivered": "2026-01-05T09:00:01.009000Z",
           *       "history": [
           *         {
           *           "time": "2026-01-05T09:00:00.250Z",
           *           "duration_ms": 12,
           *           "status_code": 503,
           *           "error": "answered 503"
           *         },
           *         {
           *           "time": "2026-01-05T09:00:01.000Z",
           *           "duration_ms": 9,
           *           "status_code": 204
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WebhookDelivery'];
        };
      };
      /** @description There is no such webhook, or no such delivery. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/replay",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/deliveries/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/replay",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'POST_webhooks-webhookId-replay': {
    parameters: {
      query: {
        /** @description Events that happened at or after this time are sent again. */
        since: string;
      };
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description They wait to be sent. */
      202: {
        headers: {
          /** @description What waits. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "replayed": 120
           *     }
           */
          'application/json': components['schemas']['WebhookReplay'];
        };
      };
      /** @description `since` is not valid. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:validation-failed",
           *       "title": "Bad request",
           *       "status": 400,
           *       "detail": "`since` is not valid.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/replay",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "`since` is not valid."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such webhook. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/replay",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/replay",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'POST_webhooks-webhookId-test': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "delivered": true,
           *       "time": "2026-01-05T09:00:01.000Z",
           *       "duration_ms": 9,
           *       "status_code": 204
           *     }
           */
          'application/json': components['schemas']['WebhookTest'];
        };
      };
      /** @description There is no such webhook. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:webhook-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/test",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no webhook 0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/service/webhooks/0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e/test",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  'GET_sources-sourceId': {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Identifier of the Source. */
        sourceId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *       "format": "urn:x-nmos:format:video",
           *       "label": "Studio 3, camera 1",
           *       "created": "2026-01-05T09:00:00.000000Z",
           *       "updated": "2026-01-05T09:00:00.000000Z",
           *       "tags": {
           *         "studio": "3"
           *       }
           *     }
           */
          'application/json': components['schemas']['Source'];
        };
      };
      /** @description There is no such Source. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:source-not-found",
           *       "title": "Not found",
           *       "status": 404,
           *       "detail": "There is no Source 2aa143ac-0ab7-4d75-bc32-5c00c13d186f.",
           *       "instance": "/sources/2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "There is no Source 2aa143ac-0ab7-4d75-bc32-5c00c13d186f."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Any other refusal or failure. */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "type": "urn:x-tams:problem:internal-error",
           *       "title": "Internal server error",
           *       "status": 500,
           *       "detail": "The server failed to handle this request; its log has the details.",
           *       "instance": "/sources/2aa143ac-0ab7-4d75-bc32-5c00c13d186f",
           *       "correlation_id": "5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10",
           *       "message": "The server failed to handle this request; its log has the details."
           *     }
           */
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
