import { Injectable } from '@nestjs/common';
import { flowTechnical, isFlowOwned, serverFields } from '@tams/model';
import type { Connection } from '@tams/platform';
import { type Profile, ProfileService } from '@tams/profiles';
import { FlowRuleError } from '../flow.errors';
import type { FlowDocument, FlowPut } from '../flow.schema';

/** Fields of a Flow that have columns or tables of their own, and those that only the server decides. */
const keptApart: ReadonlySet<string> = new Set([
  ...serverFields,
  ...['id', 'source_id', 'flow_collection', 'metadata_version', 'created_by', 'updated_by'],
]);

/** Makes of a PUT the metadata that is kept. */
@Injectable()
export class FlowDocuments {
  constructor(private readonly profiles: ProfileService) {}

  /**
   * The client's metadata as it is kept; a Profile's is written out, so that reading and filtering need no look-up. What was
   * put together is checked again as the Flow it makes: a Profile may be older than a rule.
   * @throws {FlowRuleError} when there is no such Profile, or no Flow can be made from it
   */
  async of(connection: Connection, body: FlowPut): Promise<FlowDocument> {
    const own = Object.fromEntries(Object.entries(body).filter(([field]) => !keptApart.has(field)));
    if (!body.profile_id) {
      delete own['profile_id'];
      // The schema of a PUT has checked it.
      return own as FlowDocument;
    }
    const profile = await this.profiles.find(connection, body.profile_id);
    if (!profile) throw new FlowRuleError('profile-unknown', 'profile_id', `there is no Profile ${body.profile_id}`);
    const document = { ...technicalOf(profile), ...own };
    const broken = flowTechnical.safeParse(document).error?.issues[0];
    if (broken) {
      const message = `Profile ${body.profile_id} makes no valid Flow: ${broken.path.join('.')} ${broken.message}`;
      throw new FlowRuleError('profile-unusable', 'profile_id', message);
    }
    return document as FlowDocument;
  }
}

/** The technical metadata of a Profile; one kept before that was checked may say more. */
function technicalOf(profile: Profile): Record<string, unknown> {
  return Object.fromEntries(Object.entries(profile.flow_metadata).filter(([field]) => !isFlowOwned(field)));
}
