import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { acceptedAttribution, attributedTo } from '@tams/auth';
import type { ContentFormat } from '@tams/model';
import { Answer, type Connection, Database } from '@tams/platform';
import { SourceService } from '@tams/sources';
import { TraceOperation } from '@tams/telemetry';
import { FlowDocuments } from './flow-documents';
import { FlowLock, refuseUnwritable, type WritableOptions } from './flow-lock';
import { tagsOf } from '../reading/flow-presentation';
import { FlowReadingService } from '../reading/flow-reading.service';
import { FlowWriter } from './flow-writer';
import { FlowRuleError, idMismatch } from '../flow.errors';
import type { FlowDocument, LockedFlow } from '../flow.repository';
import type { Flow, FlowPut } from '../flow.schema';

/** The rules of Flows: creating, replacing, changing. */
@Injectable()
export class FlowWritingService {
  constructor(
    private readonly database: Database,
    private readonly lock: FlowLock,
    private readonly writer: FlowWriter,
    private readonly reading: FlowReadingService,
    private readonly sources: SourceService,
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
   * @param change gives the new document; may write more in the same transaction
   * @throws {FlowNotFoundError} {@link FlowReadOnlyError} {@link FlowBeingDeletedError}
   */
  @TraceOperation('flow.change')
  async change(
    flowId: string,
    change: (document: FlowDocument, flow: LockedFlow, connection: Connection) => FlowDocument | Promise<FlowDocument>,
    options: WritableOptions = {},
  ): Promise<void> {
    await this.database.transaction(async (connection) => {
      const flow = await this.lock.writable(connection, flowId, options);
      const document = await change(flow.document, flow, connection);
      const version = { metadata_version: randomUUID(), updated_by: attributedTo(undefined) ?? null };
      await this.writer.replace(connection, flow, { ...flow, document, ...version });
    });
  }

  private async create(connection: Connection, body: FlowPut): Promise<boolean> {
    const document = await this.documents.of(connection, body);
    this.lock.requireOwn(tagsOf(document));
    await this.sources.ensure(connection, {
      id: body.source_id,
      format: document['format'] as ContentFormat,
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
    await this.sources.requireFormat(connection, body.source_id, document['format'] as ContentFormat);
    const flow = {
      id: existing.id,
      source_id: existing.source_id,
      document,
      metadata_version: nextVersion(existing, body),
      created_by: acceptedAttribution(body.created_by) ?? existing.created_by,
      updated_by: attributedTo(body.updated_by) ?? null,
    };
    await this.writer.replace(connection, existing, flow, body.flow_collection ?? []);
    return false;
  }
}

/** A Flow made from a Profile keeps to it until a client breaks the link on purpose (PUT /flows/{flowId}). */
function refuseSilentDivergence(existing: LockedFlow, body: FlowPut): void {
  if (existing.document['profile_id'] === undefined || body.profile_id !== undefined) return;
  throw new FlowRuleError(
    'profile-link',
    'profile_id',
    'this Flow follows a Profile; give its profile_id again, or an empty one to break the link and set technical metadata',
  );
}

/** A client's own new version is kept; none, or the one in force, means that the server makes the next. */
function nextVersion(existing: LockedFlow, body: FlowPut): string {
  return body.metadata_version === undefined || body.metadata_version === existing.metadata_version
    ? randomUUID()
    : body.metadata_version;
}
