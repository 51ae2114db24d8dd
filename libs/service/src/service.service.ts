import { Inject, Injectable, Optional } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { version } from '../../../package.json';
import { EVENT_STREAM_MECHANISMS, type EventStreamMechanisms } from './event-stream-mechanisms';
import { ServiceRepository } from './service.repository';
import type { Service, ServicePost } from './service.schema';

const API_VERSION = '8.2';
const SERVICE_TYPE = 'urn:x-tams:service.tams-server';
const DEFAULT_NAME = 'TAMS';
const DEFAULT_DESCRIPTION = 'A Time-addressable Media Store';

/** What this server says about itself. */
@Injectable()
export class ServiceService {
  constructor(
    private readonly database: Database,
    private readonly repository: ServiceRepository,
    private readonly configuration: Configuration,
    @Optional() @Inject(EVENT_STREAM_MECHANISMS) private readonly mechanisms: EventStreamMechanisms = [],
  ) {}

  /** A name or description set by POST /service wins over the configured one. */
  async get(): Promise<Service> {
    const row = await this.repository.find(this.database);
    const { serviceName, serviceDescription, minObjectTimeoutSeconds, presignedUrlTimeoutSeconds } = this.configuration;
    return {
      name: row?.name ?? serviceName ?? DEFAULT_NAME,
      description: row?.description ?? serviceDescription ?? DEFAULT_DESCRIPTION,
      type: SERVICE_TYPE,
      api_version: API_VERSION,
      service_version: version,
      event_stream_mechanisms: this.mechanisms,
      min_object_timeout: `${minObjectTimeoutSeconds}:0`,
      min_presigned_url_timeout: `${presignedUrlTimeoutSeconds}:0`,
    };
  }

  async update(change: ServicePost): Promise<void> {
    await this.repository.update(this.database, change);
  }
}
