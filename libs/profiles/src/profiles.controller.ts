import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import type { Page } from '@tams/platform';
import { profileOperations } from './profile.operations';
import { profile, type Profile, profileListQuery, type ProfileListQuery } from './profile.schema';
import { ProfileService } from './profile.service';

/** `/service/profiles`. */
@Controller('service/profiles')
export class ProfilesController {
  constructor(private readonly profiles: ProfileService) {}

  @profileOperations.list
  @Get()
  list(@Query({ schema: profileListQuery }) query: ProfileListQuery): Promise<Page<Profile>> {
    return this.profiles.list(query);
  }

  @profileOperations.get
  @Get(':profileId')
  get(@Param('profileId', { schema: uuid }) profileId: string): Promise<Profile> {
    return this.profiles.get(profileId);
  }

  @profileOperations.create
  @Post(':profileId')
  create(
    @Param('profileId', { schema: uuid }) profileId: string,
    @Body({ schema: profile }) body: Profile,
  ): Promise<Profile> {
    return this.profiles.create(profileId, body);
  }
}
