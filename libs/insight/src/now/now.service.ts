import { Injectable } from '@nestjs/common';
import { currentPrincipal } from '@tams/auth';
import { JobQueue, type ListedJob, ReservedConnection } from '@tams/platform';
import { failureText, redactText, type Work, worksInProgress } from '@tams/telemetry';
import { MayNotStopSessionError, SessionGoneError } from '../insight.errors';
import { Journal } from '../journal/journal';
import type { RunningJob, RunningNow, Session, SessionStop } from './now.schema';
import { SessionRepository, type SessionRow } from './session.repository';

/** From when on work and statements are shown, in seconds. */
const SHOWN_AFTER_SECONDS = 1;
/** What a session is quoted with. */
const QUOTED_LENGTH = 120;
/** Jobs that are shown: running ones first. */
const MOST_JOBS = 50;
const INSUFFICIENT_PRIVILEGE = '42501';

/** What goes on just now: requests, jobs and deliveries of this process, and every session of the metadata store. */
@Injectable()
export class NowService {
  constructor(
    private readonly reserved: ReservedConnection,
    private readonly repository: SessionRepository,
    private readonly journal: Journal,
    private readonly queue: JobQueue,
  ) {}

  /** Answers even when no statement can be asked for: then it says why. */
  async now(): Promise<RunningNow> {
    const work = this.journal.running(SHOWN_AFTER_SECONDS * 1000);
    try {
      return { work, sessions: await this.sessions(), jobs: await this.jobs() };
    } catch (error) {
      return { work, sessions: [], jobs: [], sessions_problem: failureText(error) };
    }
  }

  /**
   * Asks for a job to stop, on whatever replica it runs.
   * @throws {JobNotFoundError} {@link JobNotStoppableError}
   */
  stopJob(id: string): Promise<void> {
    return this.queue.stop(this.reserved, id, currentPrincipal()?.name ?? 'an administrator');
  }

  private async jobs(): Promise<RunningJob[]> {
    const listed = await this.queue.list(this.reserved, MOST_JOBS);
    return listed.map((job) => presentJob(job, this.queue.leavesWhenStopped(job.kind)));
  }

  /** Sessions that do something for a second; those that are kept waiting are noted on the work they belong to. */
  async sessions(): Promise<Session[]> {
    const rows = await this.repository.busy(this.reserved, SHOWN_AFTER_SECONDS);
    const sessions = rows.map((row) => present(row, correlationOf(row.pid)));
    const byPid = new Map(sessions.map((session) => [session.pid, session]));
    for (const session of sessions) if (session.blocked_by.length > 0) note(session, byPid);
    return sessions;
  }

  /**
   * @throws {SessionGoneError} {@link MayNotStopSessionError}
   */
  async stop(pid: number, { session_started: started, end_session: endSession }: SessionStop): Promise<void> {
    try {
      if (await this.repository.stop(this.reserved, pid, started, endSession)) return;
    } catch (error) {
      if ((error as { code?: unknown }).code === INSUFFICIENT_PRIVILEGE) throw new MayNotStopSessionError(error);
      throw error;
    }
    throw new SessionGoneError(pid);
  }
}

/** What keeps others waiting, in words. */
function describeSession({ pid, application, state, seconds, query }: Session): string {
  const who = application === undefined || application === '' ? 'an unnamed client' : application;
  const quoted = query.length > QUOTED_LENGTH ? `${query.slice(0, QUOTED_LENGTH)}...` : query;
  return `session ${pid} (${who}, ${state} for ${Math.round(seconds)} s): ${quoted}`;
}

/** Who keeps others waiting; a process of PostgreSQL's own (autovacuum) is no session of a client. */
export function describeBlocker(pid: number, sessions: ReadonlyMap<number, Session>): string {
  const blocker = sessions.get(pid);
  return blocker ? describeSession(blocker) : `process ${pid} of PostgreSQL`;
}

/** Writes on the step of the waiting work who keeps it waiting, so that it is known when the work has ended. */
function note(session: Session, byPid: ReadonlyMap<number, Session>): void {
  const step = stepOf(session.pid)?.step;
  if (step) step.waitsFor = session.blocked_by.map((pid) => describeBlocker(pid, byPid)).join('; ');
}

function stepOf(pid: number) {
  for (const work of worksInProgress) {
    const step = work.steps.findLast(({ session, duration }) => session === pid && duration === undefined);
    if (step) return { work, step };
  }
  return undefined;
}

function correlationOf(pid: number): string | undefined {
  return stepOf(pid)?.work.details().correlationId;
}

function presentJob(job: ListedJob, whenStopped: string | undefined): RunningJob {
  const { id, kind, state, attempt, since, correlationId, progress, stop } = job;
  const causedBy = correlationId ?? workOf(id)?.details().correlationId;
  return {
    id,
    kind,
    state,
    attempt,
    since: since.toISOString(),
    seconds: Math.max(0, (Date.now() - since.getTime()) / 1000),
    ...(causedBy !== undefined && { correlation_id: causedBy }),
    ...(progress && { progress }),
    ...(whenStopped !== undefined && { when_stopped: whenStopped }),
    ...(stop && { stop }),
  };
}

/** The work of this process on a job. */
function workOf(jobId: string): Work | undefined {
  return [...worksInProgress].find(
    (work) => work.kind === 'job' && work.details().facts['messaging.message.id'] === jobId,
  );
}

function present(row: SessionRow, correlationId: string | undefined): Session {
  return {
    pid: row.pid,
    session_started: row.session_started.toISOString(),
    ...(row.application !== null && { application: row.application }),
    ...(row.client !== null && { client: row.client }),
    ...(row.user_name !== null && { user: row.user_name }),
    state: row.state,
    ...(row.wait_type !== null && { waits: `${row.wait_type} ${row.wait_event ?? ''}`.trim() }),
    ...(row.waits_for.length > 0 && { waits_for: row.waits_for }),
    seconds: row.state_seconds,
    ...(row.transaction_seconds !== null && { transaction_seconds: row.transaction_seconds }),
    query: redactText(row.query.replaceAll(/\s+/g, ' ').trim()),
    blocked_by: row.blocked_by,
    ...(correlationId !== undefined && { correlation_id: correlationId }),
  };
}
