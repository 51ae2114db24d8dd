import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Database, prepared } from '@tams/platform';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { contentDispositionOf, type MediaDescription } from './file-name';

/** A name is a courtesy: media never waits longer for the database, in milliseconds. */
const PATIENCE_MS = 250;

interface Row {
  readonly label: string | null;
  readonly role: 'media' | 'init' | null;
  readonly start_ns: string | null;
  /** As it was allocated. */
  readonly content_type: string | null;
}

/** Names media by the Flow that it was first registered for. */
@Injectable()
export class MediaNames {
  constructor(
    private readonly database: Database,
    private readonly classes: ClassAccess,
    @InjectPinoLogger('Media') private readonly logger: PinoLogger,
  ) {}

  /**
   * `Content-Disposition` of an object. Whoever holds a URL may see the media, but perhaps no other Flow that it is used in:
   * where classes decide who may know a Flow, media is named by its identifier, and so it is when the database does not answer.
   * @param storedType the type it is stored with, where that is known; otherwise the one it was allocated for
   */
  async contentDisposition(objectId: string, storedType?: string): Promise<string> {
    const contentType = storedType ?? '';
    const unnamed: MediaDescription = { objectId, contentType, label: null, role: null, start: null };
    if (this.classes.enabled) return contentDispositionOf(unnamed);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        resolve(undefined);
      }, PATIENCE_MS);
    });
    const found = await Promise.race([this.find(objectId), late]);
    clearTimeout(timer);
    if (!found) return contentDispositionOf(unnamed);
    const { label, role, start_ns: start, content_type: allocatedType } = found;
    return contentDispositionOf({
      objectId,
      contentType: storedType ?? allocatedType ?? '',
      label,
      role,
      start: start === null ? null : BigInt(start),
    });
  }

  private async find(objectId: string): Promise<Row | undefined> {
    try {
      const rows = await this.database.query<Row>(
        prepared(`SELECT f.label, o.role, o.start_ns, o.content_type FROM objects o
           LEFT JOIN flows f ON f.id = coalesce(o.first_referenced_by_flow, o.allocated_for_flow)
          WHERE o.id = $1`),
        [objectId],
      );
      return rows[0];
    } catch (error) {
      this.logger.debug({ err: error }, 'Media is sent without the label of its Flow');
      return undefined;
    }
  }
}
