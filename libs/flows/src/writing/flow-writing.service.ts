import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { acceptedAttribution, attributedTo } from '@tams/auth';
import { isSameContainer } from '@tams/model';
import { Answer, type Connection, Database } from '@tams/platform';
import { SourceWritingService } from '@tams/sources';
import { TraceOperation } from '@tams/telemetry';
import type { FlowCollectionItem } from '../collections/flow-collection.schema';
import { FlowDocuments } from './flow-documents';
import { FlowLock, refuseUnwritable, type WritableOptions } from './flow-lock';
import { FlowReadingService } from '../reading/flow-reading.service';
import { FlowWriter } from './flow-writer';
import { FlowRuleError, idMismatch } from '../flow.errors';
import type { LockedFlow } from '../flow.repository';
import type { Flow, FlowDocument, FlowPut } from '../flow.schema';

/** How one change differs from the usual. */
interface ChangeOptions extends WritableOptions {
  /** What the Flow collects from now on; absent to leave that as it is. */
  readonly collection?: readonly FlowCollectionItem[];
}

/** The rules of Flows: creating, replacing, changing. */
@Injectable()
export class FlowWritingService {
  constructor(
    private readonly database: Database,
    private readonly lock: FlowLock,
    private readonly writer: FlowWriter,
    private readonly reading: FlowReadingService,
    private readonly sources: SourceWritingService,
    private readonly documents: FlowDocuments,
  ) {}

  /**
   * Creates a Flow (201 with it), or replaces its metadata (204).
   * @throws {FlowReadOnlyError} {@link FlowRuleError} {@link SourceFormatConflictError}
   */
  @TraceOperation<[string, FlowPut], Answer<Flow>>('flow.create', {
    operation: ({ result }) => (result?.status === 204 ? 'update' : undefined),
    format: ({ args: [, body] }) => body['format'] as string | undefined,
  })
  async put(flowId: string, body: FlowPut): Promise<Answer<Flow>> {
    if (body.id !== flowId) throw idMismatch(flowId);
    const created = await this.database.transaction(async (connection) => {
      const existing = await this.lock.find(connection, flowId, 'write');
      return existing ? this.replace(connection, existing, body) : this.create(connection, body);
    });
    return created ? Answer.created(await this.reading.created(flowId)) : Answer.noContent();
  }

  /**
   * Changes part of a Flow's metadata in one transaction, with a new `metadata_version`.
   * @param change gives the new document
   * @throws {FlowNotFoundError} {@link FlowReadOnlyError} {@link FlowBeingDeletedError}
   */
  @TraceOperation('flow.change')
  async change(
    flowId: string,
    change: (document: FlowDocument) => FlowDocument,
    options: ChangeOptions = {},
  ): Promise<void> {
    await this.database.transaction(async (connection) => {
      const flow = await this.lock.writable(connection, flowId, options);
      const document = change(flow.document);
      const changed = { ...flow, document, metadata_version: undefined, updated_by: attributedTo(undefined) ?? null };
      await this.writer.replace(connection, flow, changed, options.collection);
    });
  }

  private async create(connection: Connection, body: FlowPut): Promise<boolean> {
    const document = await this.documents.of(connection, body);
    this.lock.requireOwn(document.tags);
    await this.sources.ensure(connection, {
      id: body.source_id,
      format: document.format,
      label: body.label,
      description: body.description,
      tags: body.tags,
      created_by: attributedTo(body.created_by),
    });
    const flow = {
      id: body.id,
      source_id: body.source_id,
      document,
      metadata_version: body.metadata_version ?? randomUUID(),
      created_by: attributedTo(body.created_by) ?? null,
      updated_by: attributedTo(body.updated_by) ?? null,
    };
    if (await this.writer.add(connection, flow, body.flow_collection ?? [])) return true;
    // Another request created it between our look and our insert: this one replaces what that one made.
    const existing = await this.lock.existing(connection, body.id, 'write');
    return this.replace(connection, existing, body);
  }

  private async replace(connection: Connection, existing: LockedFlow, body: FlowPut): Promise<boolean> {
    refuseUnwritable(existing);
    if (existing.source_id !== body.source_id) {
      throw new FlowRuleError(
        'flow-source-fixed',
        'source_id',
        `Flow ${existing.id} represents Source ${existing.source_id}, for good`,
      );
    }
    refuseSilentDivergence(existing, body);
    const document = await this.documents.of(connection, body);
    refuseUntrueSegments(existing, document);
    await this.sources.requireFormat(connection, body.source_id, document.format);
    const flow = {
      id: existing.id,
      source_id: existing.source_id,
      document,
      metadata_version: ownVersion(existing, body),
      created_by: acceptedAttribution(body.created_by) ?? existing.created_by,
      updated_by: attributedTo(body.updated_by) ?? null,
    };
    await this.writer.replace(connection, existing, flow, body.flow_collection ?? []);
    return false;
  }
}

/** A Flow made from a Profile keeps to it until a client breaks the link on purpose (PUT /flows/{flowId}). */
function refuseSilentDivergence(existing: LockedFlow, body: FlowPut): void {
  if (existing.document.profile_id === undefined || body.profile_id !== undefined) return;
  throw new FlowRuleError(
    'profile-link',
    'profile_id',
    'this Flow follows a Profile; give its profile_id again, or an empty one to break the link and set technical metadata',
  );
}

/** A client's own new version is kept; none, or the one in force, means that the server makes the next. */
function ownVersion(existing: LockedFlow, body: FlowPut): string | undefined {
  return body.metadata_version === existing.metadata_version ? undefined : body.metadata_version;
}

/** Registered Segments say what the Flow said when they came: what they were checked against stays as long as they do. */
function refuseUntrueSegments(existing: LockedFlow, document: FlowDocument): void {
  if (!existing.has_segments) return;
  const refuse = (field: string, was: unknown): never => {
    const message = `${field} is ${JSON.stringify(was)} for the Segments this Flow has; delete them first, or make another Flow`;
    throw new FlowRuleError('flow-segments-depend', field, message);
  };
  const container = document.container;
  if (existing.container !== null && !(container && isSameContainer(existing.container, container)))
    refuse('container', existing.container);
  if ((document.essence_parameters?.init_segments ?? false) !== existing.init_segments)
    refuse('essence_parameters.init_segments', existing.init_segments);
}
