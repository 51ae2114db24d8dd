import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Database } from '@tams/platform';
import type { Candidate } from './candidate';
import { PresentationRepository, type WantedFlows } from './presentation.repository';

/** Most Flows looked at for one presentation, and how deep collections may lie within one another. */
const MOST_FLOWS = 200;
const DEEPEST_COLLECTION = 4;

/** Finds the Flows that may be played for a Flow or a Source: those the caller may read (AppNotes 0001, 0006, 0023). */
@Injectable()
export class CandidatesService {
  constructor(
    private readonly database: Database,
    private readonly repository: PresentationRepository,
    private readonly classes: ClassAccess,
  ) {}

  /** What a Flow collects, and what that collects; without members, the Flows that contain it. */
  async ofFlow(flow: Candidate): Promise<Candidate[]> {
    const members = await this.collectedBy([flow.id]);
    return this.withContaining(members.length > 0 ? members : [flow]);
  }

  /** Flows of a Source; of a multi-essence Source, those of the Sources it collects, and its own that hold them muxed. */
  async ofSource(sourceId: string): Promise<Candidate[]> {
    const sources = new Set([sourceId]);
    let level = [sourceId];
    for (let depth = 0; depth < DEEPEST_COLLECTION && level.length > 0 && sources.size < MOST_FLOWS; depth += 1) {
      const collected = await this.repository.collectedSources(this.database, level, MOST_FLOWS);
      level = collected.filter((id) => !sources.has(id));
      for (const id of level) sources.add(id);
    }
    const flows = await this.repository.ofSources(this.database, this.wanted([...sources]));
    return this.withContaining(flows);
  }

  private async collectedBy(flowIds: readonly string[]): Promise<Candidate[]> {
    const found = new Map<string, Candidate>();
    let level: readonly string[] = flowIds;
    for (let depth = 0; depth < DEEPEST_COLLECTION && level.length > 0; depth += 1) {
      const room = MOST_FLOWS - found.size;
      if (room <= 0) break;
      const members = await this.repository.collected(this.database, this.wanted(level, room));
      const added = members.filter(({ id }) => !found.has(id) && !flowIds.includes(id));
      for (const member of added) found.set(member.id, member);
      level = added.filter(({ kind }) => kind === 'multi').map(({ id }) => id);
    }
    return [...found.values()];
  }

  /** Flows without a container lie in those of others: adds them (AppNote 0006). */
  private async withContaining(flows: readonly Candidate[]): Promise<Candidate[]> {
    const without = flows.filter(({ container, kind }) => container === undefined && kind !== 'multi');
    if (without.length === 0) return [...flows];
    const ids = without.map(({ id }) => id);
    const containing = await this.repository.containing(this.database, this.wanted(ids));
    const known = new Set(flows.map(({ id }) => id));
    return [...flows, ...containing.filter(({ id }) => !known.has(id))];
  }

  private wanted(of: readonly string[], count = MOST_FLOWS): WantedFlows {
    return { of, count, readable: this.classes.readable };
  }
}
