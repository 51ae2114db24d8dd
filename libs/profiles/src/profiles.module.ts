import { Module } from '@nestjs/common';
import { ProfileRepository } from './profile.repository';
import { ProfileService } from './profile.service';
import { ProfilesController } from './profiles.controller';

/** Profiles: technical metadata that is kept once and shared by many Flows. */
@Module({
  controllers: [ProfilesController],
  providers: [ProfileRepository, ProfileService],
  exports: [ProfileService],
})
export class ProfilesModule {}
