import { Injectable } from '@nestjs/common';
import { attributedTo } from '@tams/auth';
import { type Connection, Database, DocumentLimit, type Page, pageOf, withPageMemory } from '@tams/platform';
import { ProfileExistsError, ProfileIdMismatchError, ProfileNotFoundError } from './profile.errors';
import { profileOrdering, ProfileRepository, type ProfileRow } from './profile.repository';
import type { Profile, ProfileListQuery } from './profile.schema';

/** The rules of profiles: created once, never changed, since Flows are what their profile was. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly database: Database,
    private readonly profiles: ProfileRepository,
    private readonly documents: DocumentLimit,
  ) {}

  async list(query: ProfileListQuery): Promise<Page<Profile>> {
    return withPageMemory(query.limit, async () =>
      pageOf(await this.profiles.list(this.database, query), profileOrdering, query, present),
    );
  }

  /** @throws {ProfileNotFoundError} */
  async get(profileId: string): Promise<Profile> {
    const profile = await this.find(this.database, profileId);
    if (!profile) throw new ProfileNotFoundError(profileId);
    return profile;
  }

  /** For other libraries, inside their own transaction; `undefined` when there is no such profile. */
  async find(connection: Connection, profileId: string): Promise<Profile | undefined> {
    const row = await this.profiles.find(connection, profileId);
    return row && present(row);
  }

  /**
   * @returns the profile as it is kept
   * @throws {ProfileIdMismatchError} when the body is about another profile
   * @throws {ProfileExistsError}
   */
  async create(profileId: string, profile: Profile): Promise<Profile> {
    if (profile.id !== profileId) throw new ProfileIdMismatchError(profileId);
    this.documents.require(profile, `Profile ${profileId}`);
    const created_by = attributedTo(profile.created_by);
    const row = await this.profiles.insert(this.database, { ...profile, created_by });
    if (!row) throw new ProfileExistsError(profileId);
    return present(row);
  }
}

function present(row: ProfileRow): Profile {
  return {
    id: row.id,
    ...(row.label === null ? {} : { label: row.label }),
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.created_by === null ? {} : { created_by: row.created_by }),
    created: row.created,
    ...(row.tags === null ? {} : { tags: row.tags }),
    flow_metadata: row.flow_metadata,
  };
}
