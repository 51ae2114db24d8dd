import { Module } from '@nestjs/common';
import { ChangesService } from './changes/changes.service';
import { CheckWatch } from './checks/check-watch';
import { InsightChecks } from './checks/insight-checks';
import { StoreChecksRepository } from './checks/store-checks.repository';
import { DiagnosisService } from './diagnosis/diagnosis.service';
import { InsightController } from './insight.controller';
import { Journal } from './journal/journal';
import { NowService } from './now/now.service';
import { SessionRepository } from './now/session.repository';
import { OverviewService } from './overview/overview.service';
import { ReplicaRepository } from './replicas/replica.repository';
import { ReplicasService } from './replicas/replicas.service';
import { Sampler } from './series/sampler';
import { SeriesService } from './series/series.service';
import { InsightStreams } from './stream/insight-streams';

/** What this process knows of the last hour, for the person who is called at night and has nothing else. */
@Module({
  controllers: [InsightController],
  providers: [
    ChangesService,
    CheckWatch,
    DiagnosisService,
    InsightChecks,
    InsightStreams,
    Journal,
    NowService,
    OverviewService,
    ReplicaRepository,
    ReplicasService,
    Sampler,
    SeriesService,
    SessionRepository,
    StoreChecksRepository,
  ],
})
export class InsightModule {}
