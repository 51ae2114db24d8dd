/** The tables of the metadata store, as the steps that made them. Imports nothing of ours. */
import { InitialSchema1763800000000 } from './1763800000000-initial-schema';
import { Deletion1763810000000 } from './1763810000000-deletion';
import { ObjectInstances1763820000000 } from './1763820000000-object-instances';
import { AccessTokens1763900000000 } from './1763900000000-access-tokens';
import { Webhooks1763910000000 } from './1763910000000-webhooks';
import { AuthClasses1763930000000 } from './1763930000000-auth-classes';
import { ProfileFields1764000000000 } from './1764000000000-profile-fields';
import { DocumentSizes1764010000000 } from './1764010000000-document-sizes';
import { CopyClasses1764020000000 } from './1764020000000-copy-classes';
import { LibraryOverview1764460000000 } from './1764460000000-library-overview';
import { EventStream1764470000000 } from './1764470000000-event-stream';
import { LivePlaylists1764480000000 } from './1764480000000-live-playlists';
import { PlaybackTokens1764490000000 } from './1764490000000-playback-tokens';
import { OneClock1764500000000 } from './1764500000000-one-clock';
import { EventVolume1764600000000 } from './1764600000000-event-volume';
import { TraceContext1764610000000 } from './1764610000000-trace-context';
import { Replicas1764700000000 } from './1764700000000-replicas';
import { SoleInstances1764710000000 } from './1764710000000-sole-instances';
import { SoleInstancesByIndex1764720000000 } from './1764720000000-sole-instances-by-index';

/** Every migration, oldest first. Applied ones are never edited: add another. */
export const migrations = [
  InitialSchema1763800000000,
  Deletion1763810000000,
  ObjectInstances1763820000000,
  AccessTokens1763900000000,
  Webhooks1763910000000,
  AuthClasses1763930000000,
  ProfileFields1764000000000,
  DocumentSizes1764010000000,
  CopyClasses1764020000000,
  LibraryOverview1764460000000,
  EventStream1764470000000,
  LivePlaylists1764480000000,
  PlaybackTokens1764490000000,
  OneClock1764500000000,
  EventVolume1764600000000,
  TraceContext1764610000000,
  Replicas1764700000000,
  SoleInstances1764710000000,
  SoleInstancesByIndex1764720000000,
] as const;
