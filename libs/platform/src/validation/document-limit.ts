import { Injectable } from '@nestjs/common';
import { Configuration } from '../configuration/configuration';
import { DomainError } from '../errors/domain-error';

/** What would be kept of one resource is larger than `MAX_DOCUMENT_BYTES` (413). */
export class DocumentTooLargeError extends DomainError {
  constructor(what: string, bytes: number, limit: number) {
    super(
      'document-too-large',
      'too-large',
      'info',
      `${what} would take ${bytes} bytes as JSON, and ${limit} are the most.`,
    );
  }
}

/** How large the documents are that clients have kept: whoever lists or tells of them holds many in memory. */
@Injectable()
export class DocumentLimit {
  constructor(private readonly configuration: Configuration) {}

  /**
   * @param what names the document for people, for example `The tags`
   * @param times how many times the limit it may have: a list of thousands of ids is larger than any description
   * @throws {DocumentTooLargeError}
   */
  require(document: unknown, what: string, times = 1): void {
    const bytes = Buffer.byteLength(JSON.stringify(document));
    const limit = times * this.configuration.maxDocumentBytes;
    if (bytes > limit) throw new DocumentTooLargeError(what, bytes, limit);
  }
}
